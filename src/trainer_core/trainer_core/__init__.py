"""Plain Python that the trainer packages share; `ros` holds the few helpers of every node."""
