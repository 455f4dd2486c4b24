package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

const follow = "../../testdata/followup"

// program returns the first of the names that is installed. The test is
// skipped without one, unless the variable demands it.
func program(t *testing.T, variable string, names ...string) string {
	t.Helper()
	if testing.Short() {
		t.Skip("it waits for another program")
	}
	for _, n := range names {
		if path, err := exec.LookPath(n); err == nil {
			return path
		}
	}
	if os.Getenv(variable) != "" {
		t.Fatalf("%s is missing, and this run must not skip its tests", names[0])
	}
	t.Skipf("%s is not installed", names[0])
	return ""
}

// TestFollowUpInLibreOffice opens the workbook of the worked example in
// LibreOffice and compares what it shows with testdata/followup/README.md.
func TestFollowUpInLibreOffice(t *testing.T) {
	soffice := program(t, "KORTAKOER_REQUIRE_LIBREOFFICE", "soffice")
	folder := t.TempDir()
	for name, args := range map[string][]string{"plain": nil, "masked": {"--mask-below", "5"}, "english": {"--lang", "en"}} {
		output(t, append([]string{"followup", follow + "/worked.csv", "--missing-as-zero", "-q", "-o", filepath.Join(folder, name+".xlsx")}, args...)...)
	}
	output(t, "followup", follow+"/example.csv", "-q", "-o", filepath.Join(folder, "example.xlsx"))
	files, err := filepath.Glob(filepath.Join(folder, "*.xlsx"))
	if err != nil || len(files) != 4 {
		t.Fatal(files, err)
	}
	for _, form := range []string{"csv:Text - txt - csv (StarCalc):59,34,76,1,,0,false,false,true,false,false,-1", "pdf"} {
		args := append([]string{"-env:UserInstallation=file://" + filepath.Join(folder, "profile"), "--headless", "--convert-to", form, "--outdir", folder}, files...)
		if log, err := exec.Command(soffice, args...).CombinedOutput(); err != nil {
			t.Fatalf("soffice: %v\n%s", err, log)
		}
	}
	for _, f := range files {
		if !strings.HasPrefix(readFile(t, strings.TrimSuffix(f, ".xlsx")+".pdf"), "%PDF-") {
			t.Errorf("%s does not render", f)
		}
	}
	// The rows of a sheet that begin with a label, in order.
	rows := func(book, sheet, label string) (found []string) {
		r := csv.NewReader(strings.NewReader(readFile(t, filepath.Join(folder, book+"-"+sheet+".csv"))))
		r.Comma, r.FieldsPerRecord = ';', -1
		records, err := r.ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, record := range records {
			line := strings.ReplaceAll(strings.TrimRight(strings.Join(record, ";"), ";"), "\u00a0", " ")
			if strings.Contains(line, "#") || strings.Contains(line, "Err:") {
				t.Errorf("%s, %s: %s", book, sheet, line)
			}
			if record[0] == label {
				found = append(found, strings.TrimPrefix(line, label+";"))
			}
		}
		return found
	}
	for book, want := range map[string]string{"plain": "Juni 2025 är inte levererad: 61 av 63 regioner", "english": "June 2025 is not delivered: 61 of 63 regions"} {
		sheet := map[string]string{"plain": "Riket", "english": "Country"}[book]
		top, _, _ := strings.Cut(readFile(t, filepath.Join(folder, book+"-"+sheet+".csv")), "507")
		if !strings.Contains(top, want) {
			t.Errorf("%s does not say near its top: %s", book, want)
		}
	}
	for _, c := range []struct {
		book, sheet, label string
		want               []string
	}{
		{"plain", "Höftledsprotes", "12 Skåne", []string{
			"35;30;25,0;+5;+16,7%;+10,0;+40,0%",
			"35;22;3;10;62,9%;8,6%;28,6%",
			"35;77;70;88;55,0;+40,0%",
			"juni (prel.);16;15;12,3;+1;+6,7%;+3,7;+29,7%;9;2;5;16;12,3;+6,7%;+29,7%",
			"juli (prel.);8;6;5,0;+2;+33,3%;+3,0;+60,0%;6;0;2;24;17,3;+14,3%;+38,5%",
			"augusti (prel.);11;9;7,7;+2;+22,2%;+3,3;+43,5%;7;1;3;35;25,0;+16,7%;+40,0%",
		}},
		{"plain", "Riket", "09 Gotland", []string{"540 000;3 370 945;540 000;16,0%"}},
		{"plain", "Riket", "12 Skåne", []string{"1 080 000;67 436 856;1 080 000;1,6%"}},
		{"plain", "Riket", "Riket", []string{"1 620 000;507 500 000;1 620 000;0,3%"}},
		{"english", "Hip replacement", "09 Gotland", []string{
			"9;5;4.0;+4;+80.0%;+5.0;+125.0%",
			"9;6;3;0;66.7%;33.3%;0.0%",
			"9;17;14;18;7.3;+125.0%",
			"June (prel.);3;2;1.7;+1;+50.0%;+1.3;+80.0%;3;0;0;3;1.7;+50.0%;+80.0%",
			"July (prel.);2;1;0.7;+1;+100.0%;+1.3;+200.0%;1;1;0;5;2.3;+66.7%;+114.3%",
			"August (prel.);4;2;1.7;+2;+100.0%;+2.3;+140.0%;2;2;0;9;4.0;+80.0%;+125.0%",
		}},
	} {
		if got := rows(c.book, c.sheet, c.label); !slices.Equal(got, c.want) {
			t.Errorf("%s, %s, %s:\n%s\nwant\n%s", c.book, c.sheet, c.label, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
		}
		if c.book != "plain" {
			continue
		}
		// Masked, each cell says the same or has a mark, and no small count is left.
		masked := strings.Split(strings.Join(rows("masked", c.sheet, c.label), ";"), ";")
		marks := 0
		for i, want := range strings.Split(strings.Join(c.want, ";"), ";") {
			small := c.sheet != "Riket" && slices.Contains([]string{"1", "2", "3", "4"}, want)
			switch got := masked[i]; {
			case got == "..", got == "<5" && small:
				marks++
			case got != want && got != "<5", small: // a mean to one decimal may be "<5" as well
				t.Errorf("masked, %s, %s: %s where the truth is %s", c.sheet, c.label, got, want)
			}
		}
		if marks == 0 {
			t.Errorf("masked, %s, %s: no mark", c.sheet, c.label)
		}
	}
}

// browser runs Chromium on a page and returns what it wrote.
func browser(t *testing.T, page string, width int, args ...string) string {
	t.Helper()
	chromium := program(t, "KORTAKOER_REQUIRE_CHROMIUM", "chromium", "chromium-browser", "google-chrome")
	profile, err := os.MkdirTemp("", "kortakoer-chromium-")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(profile) }() // it may still be writing
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	args = append([]string{
		"--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking", "--disable-component-update",
		"--disable-sync", "--enable-logging=stderr", "--v=0", "--user-data-dir=" + profile, fmt.Sprintf("--window-size=%d,900", width),
	}, append(args, "file://"+page)...)
	out, err := exec.CommandContext(ctx, chromium, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("chromium: %v\n%s", err, out)
	}
	return string(out)
}

// asked returns the addresses that a page asked the network for. Chromium's
// own requests have no page behind them.
func asked(t *testing.T, netlog string) (urls []string) {
	t.Helper()
	for line := range strings.Lines(readFile(t, netlog)) {
		if !strings.Contains(line, "site_for_cookies") {
			continue
		}
		var event struct {
			Params struct {
				Site string `json:"site_for_cookies"`
				URL  string `json:"url"`
			} `json:"params"`
		}
		if err := json.Unmarshal([]byte(strings.TrimRight(line, ",\n")), &event); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(event.Params.Site, "site=file:") {
			urls = append(urls, event.Params.URL)
		}
	}
	return urls
}

var consoleLine = regexp.MustCompile(`(?m)^.*CONSOLE.*$`)

// TestPageInChromium opens the page at the width of a phone and of A4: no
// request, no word on the console, no page wider than the screen, tables that
// sort, and something to print.
func TestPageInChromium(t *testing.T) {
	folder := t.TempDir()
	page := filepath.Join(folder, "page.html")
	output(t, "followup", follow+"/example.csv", "-q", "-o", page)
	html := readFile(t, page)
	write := func(name, content string) string {
		t.Helper()
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}

	// What the test looks for is found where it is.
	spoiled := write("spoiled.html", `<!DOCTYPE html><title>x</title><img src="http://example.invalid/a.png"><script>nothing()</script>`)
	log := filepath.Join(folder, "spoiled.json")
	console := browser(t, spoiled, 390, "--screenshot="+filepath.Join(folder, "spoiled.png"), "--log-net-log="+log)
	if urls := asked(t, log); !slices.Contains(urls, "http://example.invalid/a.png") || !consoleLine.MatchString(console) {
		t.Fatalf("a page with a request and an error is not seen through: %v\n%s", urls, console)
	}
	for _, width := range []int{390, 794} {
		log := filepath.Join(folder, fmt.Sprintf("%d.json", width))
		console := browser(t, page, width, "--screenshot="+filepath.Join(folder, "page.png"), "--log-net-log="+log)
		if urls := asked(t, log); len(urls) > 0 {
			t.Errorf("width %d: the page asked for %v", width, urls)
		}
		if lines := consoleLine.FindAllString(console, -1); len(lines) > 0 {
			t.Errorf("width %d: %s", width, lines)
		}
		// A copy with a script of the test, which the page's policy would not run.
		probe := regexp.MustCompile(`<meta http-equiv="Content-Security-Policy"[^>]*>`).ReplaceAllString(html, "")
		probe = strings.Replace(probe, "</body>", `<script>
const root = document.documentElement, head = document.querySelector("#earnings thead").rows[0].cells[1];
const first = () => document.querySelector("#earnings tbody").rows[0].cells[1].textContent.replace(/\s/g, "");
head.querySelector("button").click(); const down = first();
head.querySelector("button").click(); const up = first();
parent.postMessage(["probe", root.clientWidth, root.scrollWidth, down, up, head.getAttribute("aria-sort")].join(" "), "*");
</script></body>`, 1)
		// In a frame, because a window has a least width.
		write("probe.html", probe)
		frame := write("frame.html", fmt.Sprintf(`<!DOCTYPE html><title>x</title><script>onmessage = (e) => { document.title = e.data }</script><iframe src="probe.html" width="%d" height="900" style="border:0"></iframe>`, width))
		m := regexp.MustCompile(`<title>probe (\d+) (\d+) (\d+) (\d+) (\w+)</title>`).FindStringSubmatch(browser(t, frame, 1200, "--hide-scrollbars", "--virtual-time-budget=10000", "--dump-dom"))
		if m == nil {
			t.Fatal("the page gave no answer")
		}
		if m[1] != m[2] || m[1] != fmt.Sprint(width) {
			t.Errorf("width %d: the window is %s wide, the page %s", width, m[1], m[2])
		}
		var most, least int64
		for _, row := range regexp.MustCompile(`"earned": (\d+)`).FindAllStringSubmatch(earnedSoFar(t), -1) {
			var n int64
			if _, err := fmt.Sscan(row[1], &n); err != nil {
				t.Fatal(err)
			}
			if most == 0 || n > most {
				most = n
			}
			if least == 0 || n < least {
				least = n
			}
		}
		if m[3] != fmt.Sprint(most) || m[4] != fmt.Sprint(least) || m[5] != "ascending" {
			t.Errorf("sorted: first %s, then %s %s; want %d, %d", m[3], m[4], m[5], most, least)
		}
	}
	pdf := filepath.Join(folder, "page.pdf")
	browser(t, page, 794, "--print-to-pdf="+pdf, "--no-pdf-header-footer")
	if content := readFile(t, pdf); !strings.HasPrefix(content, "%PDF-") || strings.Count(content, "/Type /Page\n") < 5 {
		t.Errorf("printed: %d bytes", len(content))
	}
}

// earnedSoFar is what calc says of the same rows without October: the second
// opinion on what the page shows as earned to date.
func earnedSoFar(t *testing.T) string {
	t.Helper()
	rules := strings.Replace(output(t, "rules", "show", "s2025-01233"), `"2025-10"`, `"2025-09"`, 1)
	file := filepath.Join(t.TempDir(), "september.toml")
	if err := os.WriteFile(file, []byte(rules), 0o644); err != nil {
		t.Fatal(err)
	}
	return output(t, "calc", follow+"/example.csv", "--rules", file, "-q", "--format", "json", "-o", "-")
}
