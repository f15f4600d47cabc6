SAYS = "slow was loaded"
