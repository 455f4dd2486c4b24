# Rscript count.R FILE SEPARATOR
suppressMessages(library(data.table))
arg <- commandArgs(TRUE)
d <- fread(arg[1], sep = arg[2], colClasses = "character", select = c("INDATUM", "HEMLAN", "LAN", "DRIFTFORM", "OP"))
d <- d[!HEMLAN %in% c("", "99")]
d[, `:=`(year = substr(INDATUM, 1, 4), month = substr(INDATUM, 5, 6), codes = paste0(" ", OP, " "),
  provider = fifelse(DRIFTFORM == "2", "privat", fifelse(HEMLAN == LAN, "hemregion", "annan region")))]
areas <- c(hoftledsprotes = " NFB(29|39|49|62|99) ", framfall = " LEF", `gra-starr` = " CJ[CDE]")
for (area in names(areas)) {
  n <- d[grepl(areas[area], codes, perl = TRUE), .N, by = .(HEMLAN, year, month, provider)]
  fwrite(n[, .(HEMLAN, area = area, year, month, provider, N)], sep = ";", col.names = FALSE)
}
