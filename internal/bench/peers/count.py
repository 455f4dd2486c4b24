# python3 count.py FILE.csv SEPARATOR, or count.py FILE.xlsx with openpyxl
import csv, sys
from collections import Counter

HIP = {"NFB29", "NFB39", "NFB49", "NFB62", "NFB99"}
AREA = {"LEF": "framfall", "CJC": "gra-starr", "CJD": "gra-starr", "CJE": "gra-starr"}

if sys.argv[1].endswith(".xlsx"):
    from openpyxl import load_workbook
    rows = load_workbook(sys.argv[1], read_only=True).worksheets[0].iter_rows(values_only=True)
else: # in latin-1 every byte is a letter; no name is looked at
    rows = csv.reader(open(sys.argv[1], newline="", encoding="latin-1"), delimiter=sys.argv[2])
next(rows)
count = Counter()
for _, _, day, _, home, place, _, form, codes in rows:
    if home in ("", None, "99"):
        continue
    areas = {"hoftledsprotes" if c in HIP else AREA.get(c[:3]) for c in codes.split()} - {None}
    if areas:
        provider = "privat" if str(form) == "2" else "hemregion" if home == place else "annan region"
        day = str(day)
        for area in areas:
            count[home, area, day[:4], day[4:6], provider] += 1
for k, n in count.items():
    print(*k, n, sep=";")
