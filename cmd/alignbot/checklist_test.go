package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"alignbot/pipeline"
	"alignbot/storage"
	"alignbot/storage/redistest"
)

const priceChange = `id: price-change
name: Price change
items:
  - id: told
    question: Have customers been told a month ahead?
    kind: yes/no
    required: true
`

const brokenChecklist = `id: price-change
namee: Price change
items:
  - id: told
    question: Have customers been told a month ahead?
    kind: yesno
  - id: told
    question: Again?
    kind: text
`

func TestChecklistCheckNamesEveryMistakeWithItsLine(t *testing.T) {
	file := write(t, "broken.yaml", brokenChecklist)
	code, stdout, said := start(t, nil, "checklist", "check", file)
	if code != exitFailed || stdout != "" {
		t.Errorf("exit code %d\n%s", code, stdout)
	}
	for _, want := range []string{
		file + ":2: ", "Did you mean name?",
		file + ":6: There is no kind \"yesno\". Did you mean yes/no?",
		file + ":7: Two items have the id told; the other one is in line 4.",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("does not say %q:\n%s", want, said)
		}
	}
	for _, line := range strings.Split(strings.TrimSpace(said), "\n") {
		if !strings.HasPrefix(line, file+":") {
			t.Errorf("a line without its place: %q", line)
		}
	}
}

func TestChecklistCheckSaysWhatIsRight(t *testing.T) {
	file := write(t, "right.yaml", priceChange)
	code, said, _ := start(t, nil, "checklist", "check", file)
	if want := file + " is right: Price change, 1 question.\n"; code != exitOK || said != want {
		t.Errorf("exit code %d, said %q", code, said)
	}
}

func TestChecklistCheckReadsStdin(t *testing.T) {
	var out, errs strings.Builder
	code := Main(t.Context(), []string{"checklist", "check", "-"}, strings.NewReader("items: 7"), &out, &errs, nil)
	if code != exitFailed || !strings.HasPrefix(errs.String(), "stdin:1: ") {
		t.Errorf("exit code %d\n%s%s", code, out.String(), errs.String())
	}
}

func TestChecklistCheckRefusesWhatIsNoChecklist(t *testing.T) {
	for name, test := range map[string]struct {
		source, says string
	}{
		"empty":        {"", "the file is empty"},
		"no items":     {"id: x\nname: X\nitems: []\n", "at least one item"},
		"200 items":    {"id: x\nname: X\nitems:\n" + strings.Repeat("  - {id: a, question: A, kind: text}\n", 200), "at most 40 items; this has 200"},
		"a huge file":  {strings.Repeat("#", 3<<20), "at most 64 kB; this has 3072"},
		"a binary":     {"\x00\x01", "Save the file as plain text in UTF-8"},
		"an alias":     {"a: &a [x]\nb: *a\n", "Anchors"},
		"not yaml":     {"id: [", "This is not YAML"},
		"long texts":   {"id: x\nname: X\nitems:\n  - id: a\n    question: " + strings.Repeat("q", 10_000) + "\n    kind: text\n", "has 10000 characters; at most 300"},
		"another kind": {"- a\n- b\n", "a checklist"},
	} {
		t.Run(name, func(t *testing.T) {
			code, _, said := start(t, nil, "checklist", "check", write(t, "x.yaml", test.source))
			if code != exitFailed || !strings.Contains(said, test.says) {
				t.Errorf("exit code %d, does not say %q:\n%s", code, test.says, pipeline.Cut(said, 500))
			}
		})
	}
}

func TestChecklistCommandsThatAreMistyped(t *testing.T) {
	for name, test := range map[string]struct {
		args []string
		code int
		says string
	}{
		"no file":         {[]string{"checklist", "check"}, exitUsage, "check needs the checklist to check"},
		"no such file":    {[]string{"checklist", "check", "/does/not/exist.yaml"}, exitFailed, "no such file"},
		"a typo":          {[]string{"checklist", "exprot"}, exitUsage, "did you mean alignbot checklist export?"},
		"no id":           {[]string{"checklist", "export"}, exitUsage, "export needs the id of a checklist"},
		"an unknown id":   {[]string{"checklist", "export", "invset"}, exitUsage, "did you mean invest?"},
		"two ids":         {[]string{"checklist", "export", "invest", "test-card"}, exitUsage, `leave out "test-card"`},
		"a list of files": {[]string{"checklist", "list", "x.yaml"}, exitUsage, "takes nothing but flags"},
		"a broken import": {[]string{"checklist", "import", write(t, "broken.yaml", brokenChecklist)}, exitFailed, "broken.yaml:2: "},
		"no redis":        {[]string{"checklist", "list", "--config", write(t, "none.yaml", "redis:\n  url: redis://127.0.0.1:1\n")}, exitFailed, "Redis at 127.0.0.1:1 cannot be reached"},
	} {
		t.Run(name, func(t *testing.T) {
			code, _, said := start(t, nil, test.args...)
			if code != test.code || !strings.Contains(said, test.says) {
				t.Errorf("exit code %d, does not say %q:\n%s", code, test.says, said)
			}
		})
	}
}

func TestEveryBuiltInChecklistIsExportedAndChecked(t *testing.T) {
	for _, built := range pipeline.BuiltIn() {
		code, source, said := start(t, nil, "checklist", "export", string(built.ID))
		if code != exitOK {
			t.Fatalf("%s: exit code %d\n%s", built.ID, code, said)
		}
		if !strings.HasPrefix(source, "# A checklist") {
			t.Errorf("%s does not explain its format: %.60q", built.ID, source)
		}
		if code, _, said := start(t, nil, "checklist", "check", write(t, "x.yaml", source)); code != exitOK {
			t.Errorf("%s: exit code %d\n%s", built.ID, code, said)
		}
	}
}

// addTeam puts a team into the store.
func addTeam(t *testing.T, url, workspace string, key pipeline.TeamKey) {
	t.Helper()
	db, err := storage.Open(context.Background(), storage.Settings{URL: url}, newLogger(t.Output(), LogSettings{Level: "warn", Format: "text"}))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	team := pipeline.DefaultTeam("C"+string(key), strings.ToLower(string(key)), pipeline.Person{ID: "U1", Zone: "UTC"})
	team.Key, team.Name = key, string(key)
	if team, err = pipeline.CheckTeam(team); err == nil {
		_, err = db.Workspace(workspace).SetUpTeam(t.Context(), "set up "+string(key), team)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestChecklistsTravelBetweenTeams(t *testing.T) {
	url := redistest.Start(t)
	environ := []string{"ALIGNBOT_REDIS_URL=" + url}
	run := func(code int, args ...string) (stdout, stderr string) {
		t.Helper()
		got, stdout, stderr := start(t, environ, append([]string{"checklist"}, args...)...)
		if got != code {
			t.Fatalf("%q: exit code %d\n%s%s", args, got, stdout, stderr)
		}
		return stdout, stderr
	}
	says := func(said string, wanted ...string) {
		t.Helper()
		for _, want := range wanted {
			if !strings.Contains(said, want) {
				t.Errorf("does not say %q:\n%s", want, said)
			}
		}
	}
	file := write(t, "price-change.yaml", priceChange)

	_, said := run(exitFailed, "list")
	says(said, "no workspace in the store yet", "/align setup")
	addTeam(t, url, "T1", "PAY")
	said, _ = run(exitOK, "list") // the only one there is
	says(said, "opportunity-canvas   Opportunity Canvas   built in  quick 5, full 10  validated")
	said, _ = run(exitOK, "import", file)
	says(said, "Added Price change (price-change) of PAY: 1 question. Checklists that have begun keep theirs.")

	addTeam(t, url, "T1", "GRO")
	_, said = run(exitUsage, "import", file)
	says(said, "more than one team: name one with --team, of GRO, PAY")
	_, said = run(exitUsage, "import", file, "--team", "NONE")
	says(said, `no team "NONE". Known are: GRO, PAY`)
	said, _ = run(exitOK, "list", "--team", "pay")
	says(said, "price-change", "own")
	said, _ = run(exitOK, "list", "--team", "GRO")
	if strings.Contains(said, "price-change") {
		t.Errorf("another team has it:\n%s", said)
	}

	source, _ := run(exitOK, "export", "price-change", "--team", "PAY")
	_, said = run(exitUsage, "export", "price-change", "--team", "GRO")
	says(said, `no checklist "price-change" among those of GRO`)
	copied := filepath.Join(t.TempDir(), "copy.yaml")
	if err := os.WriteFile(copied, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	run(exitOK, "import", copied, "--team", "GRO", "--workspace", "T1")
	again, _ := run(exitOK, "export", "PRICE-CHANGE", "--team", "GRO")
	if again != source {
		t.Errorf("the copy differs:\n%s\n%s", source, again)
	}
	said, _ = run(exitOK, "import", file, "--team", "PAY")
	says(said, "Replaced Price change")
	lonely := write(t, "lonely.yaml", strings.Replace(strings.Replace(priceChange, "kind: yes/no", "kind: fact\n    fact: checklist:nobody", 1), "id: price-change\nname: Price change", "id: lonely\nname: PRICE CHANGE", 1))
	_, said = run(exitFailed, "import", lonely, "--team", "PAY")
	says(said, lonely+`: There is a checklist called "Price change" already, price-change. Give this one another name.`,
		lonely+`: Item 1, "told": The team has no checklist "nobody".`)
	built, _ := run(exitOK, "export", "invest")
	changed := write(t, "invest.yaml", strings.Replace(built, "name: INVEST", "name: Our INVEST", 1))
	said, _ = run(exitOK, "import", changed, "--team", "PAY")
	says(said, "Replaced Our INVEST (invest) of PAY")
	said, _ = run(exitOK, "list", "--team", "PAY")
	says(said, "Our INVEST", "changed")

	addTeam(t, url, "T2", "PAY")
	_, said = run(exitUsage, "list", "--team", "PAY")
	says(said, "more than one workspace: name one with --workspace, of T1, T2")
}
