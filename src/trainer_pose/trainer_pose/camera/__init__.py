"""Pictures from cameras, files, bags, streams and the athlete."""
