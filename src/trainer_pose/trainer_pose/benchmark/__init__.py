"""What `./trainer bench` measures of seeing: milliseconds and right joints."""
