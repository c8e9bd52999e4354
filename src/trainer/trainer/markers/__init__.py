"""What RViz and Foxglove draw of the trainee: skeletons, angles, ghost, count."""
