library(jsonlite)
suppressPackageStartupMessages(library(dplyr))
cat(toJSON(summarise(group_by(data.frame(a = c(1, 1, 2), b = 1:3), a), b = sum(b))))
