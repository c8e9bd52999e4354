"""Who is who: faces of the people whom the pose follows, compared with those enrolled."""
