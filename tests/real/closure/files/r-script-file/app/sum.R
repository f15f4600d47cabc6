#!/usr/bin/env Rscript
library(tools)
cat(sum(c(1, 2, 3)), toTitleCase("done"), "\n")
