# python3 count_pandas.py FILE SEPARATOR; no name is looked at, so latin-1 reads every encoding
import sys
import numpy, pandas

d = pandas.read_csv(sys.argv[1], sep=sys.argv[2], encoding="latin-1", dtype=str, keep_default_na=False,
                    usecols=["INDATUM", "HEMLAN", "LAN", "DRIFTFORM", "OP"])
d = d[~d.HEMLAN.isin(["", "99"])]
own = numpy.where(d.HEMLAN == d.LAN, "hemregion", "annan region")
d = d.assign(year=d.INDATUM.str[:4], month=d.INDATUM.str[4:6], provider=numpy.where(d.DRIFTFORM == "2", "privat", own))
codes = " " + d.OP + " "
for area, pattern in ("hoftledsprotes", " NFB(?:29|39|49|62|99) "), ("framfall", " LEF"), ("gra-starr", " CJ[CDE]"):
    n = d[codes.str.contains(pattern)].groupby(["HEMLAN", "year", "month", "provider"]).size()
    for (home, year, month, provider), n in n.items():
        print(home, area, year, month, provider, n, sep=";")
