# mawk or gawk -F';' -f count.awk FILE; it knows no quoted fields.
NR > 1 && $5 != "" && $5 != "99" {
  hip = prolapse = cataract = 0
  n = split($9, code, /[ \r]/)
  for (i = 1; i <= n; i++) {
    stem = substr(code[i], 1, 3)
    if (stem == "NFB") { if (code[i] ~ /^NFB(29|39|49|62|99)$/) hip = 1 }
    else if (stem == "LEF") prolapse = 1
    else if (stem == "CJC" || stem == "CJD" || stem == "CJE") cataract = 1
  }
  if (hip || prolapse || cataract) {
    provider = $8 == 2 ? "privat" : $5 == $6 ? "hemregion" : "annan region"
    rest = ";" substr($3, 1, 4) ";" substr($3, 5, 2) ";" provider
    if (hip) count[$5 ";hoftledsprotes" rest]++
    if (prolapse) count[$5 ";framfall" rest]++
    if (cataract) count[$5 ";gra-starr" rest]++
  }
}
END { for (k in count) print k ";" count[k] }
