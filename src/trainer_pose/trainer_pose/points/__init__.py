"""Points in the image that are not of the body: the worked example is a colour marker."""
