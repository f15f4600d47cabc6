SAYS = "fast was loaded"
