package main

import (
	"fmt"
	"strings"
	"testing"

	"alignbot/storage/redistest"
)

const teamCharter = `id: charter
name: Team charter
boxes:
  - {id: purpose, title: Purpose, question: "Why is there this team?"}
`

func TestCanvasCheckNamesEveryMistakeWithItsLine(t *testing.T) {
	var boxes strings.Builder
	for i := range 200 {
		fmt.Fprintf(&boxes, "  - {id: box-%d, title: Box, question: Something}\n", i)
	}
	file := write(t, "broken.yaml", "id: charter\nnamee: Charter\nboxes:\n"+boxes.String())
	code, stdout, said := start(t, nil, "canvas", "check", file)
	if code != exitFailed || stdout != "" {
		t.Errorf("exit code %d\n%s", code, stdout)
	}
	for _, want := range []string{file + ":2: ", "Did you mean name?", file + ":34: A canvas has at most 30 boxes; this has 200."} {
		if !strings.Contains(said, want) {
			t.Errorf("does not say %q:\n%s", want, said)
		}
	}
}

func TestCanvasCheckSaysWhatIsRight(t *testing.T) {
	file := write(t, "right.yaml", teamCharter)
	code, said, _ := start(t, nil, "canvas", "check", file)
	if want := file + " is right: Team charter, 1 box.\n"; code != exitOK || said != want {
		t.Errorf("exit code %d, %q", code, said)
	}
}

// TestCanvasesOfATeamAsFiles imports one, lists, exports and removes it.
func TestCanvasesOfATeamAsFiles(t *testing.T) {
	url := redistest.Start(t)
	addTeam(t, url, "T1", "PAY")
	run := func(want int, args ...string) string {
		t.Helper()
		code, stdout, stderr := start(t, []string{"ALIGNBOT_REDIS_URL=" + url}, append([]string{"canvas"}, args...)...)
		if code != want {
			t.Errorf("canvas %s: exit code %d\n%s%s", strings.Join(args, " "), code, stdout, stderr)
		}
		return stdout + stderr
	}
	says := func(said string, words ...string) {
		t.Helper()
		for _, w := range words {
			if !strings.Contains(said, w) {
				t.Errorf("does not say %q:\n%s", w, said)
			}
		}
	}
	file := write(t, "charter.yaml", teamCharter)
	says(run(exitOK, "import", file), "Added Team charter (charter) of PAY: 1 box. Canvases that were begun keep theirs.")
	says(run(exitOK, "import", file), "Replaced Team charter (charter) of PAY")
	says(run(exitOK, "list"), "lean", "go-roadmap", "release", "charter", "own")
	exported := run(exitOK, "export", "charter", "--team", "PAY")
	says(exported, "# A canvas is one YAML document", "id: charter")
	says(run(exitOK, "check", write(t, "again.yaml", exported)), "is right: Team charter")
	says(run(exitOK, "export", "LEAN"), "name: Lean Canvas")
	lean := write(t, "lean.yaml", strings.Replace(teamCharter, "id: charter", "id: lean", 1))
	says(run(exitFailed, "import", lean), "The id lean belongs to a canvas that comes with alignbot.")
	says(run(exitUsage, "export", "charte", "--team", "PAY"), "did you mean charter?")
	says(run(exitUsage, "export"), "needs the id of a canvas")
	says(run(exitOK, "remove", "charter"), "Removed charter of PAY.")
	says(run(exitUsage, "remove", "charter"), "it has none")
}
