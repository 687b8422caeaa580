package blockhtml

import (
	"encoding/json"
	"flag"
	"html/template"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// plainRenderer shows what reaches its functions, so that golden files tell
// which text was treated as markup.
func plainRenderer() Renderer {
	mark := func(kind, s string) template.HTML {
		return template.HTML("‹" + kind + " " + template.HTMLEscapeString(s) + "›")
	}
	return Renderer{
		Mrkdwn: func(s string, verbatim bool) template.HTML {
			if verbatim {
				return mark("verbatim", s)
			}
			return mark("mrkdwn", s)
		},
		Plain: func(s string, emoji bool) template.HTML {
			if !emoji {
				return mark("bare", s)
			}
			return template.HTML(template.HTMLEscapeString(s))
		},
		Image: func(address, id string) (string, bool) { return "/files/" + id, id != "" && address == "" },
		People: []Option{
			PlainOption("U1", "Alice Anders"), PlainOption("U2", "Bob Brandt"),
		},
		Channels:      []Option{PlainOption("C1", "#general")},
		Conversations: []Option{PlainOption("C1", "#general"), PlainOption("D1", "Bob Brandt")},
	}
}

// sample is a golden test's input.
type sample struct {
	Blocks   json.RawMessage             `json:"blocks"`
	State    map[string]map[string]Value `json:"state"`
	Errors   map[string]string           `json:"errors"`
	Warnings []string                    `json:"warnings"`
}

func (s sample) input() Input {
	return Input{Prefix: "p", Blocks: s.Blocks, State: s.State, Errors: s.Errors, Warnings: s.Warnings, Conversation: "C1"}
}

func samples(t testing.TB) map[string][]byte {
	t.Helper()
	names, err := filepath.Glob("testdata/*.json")
	if err != nil || len(names) == 0 {
		t.Fatalf("no samples in testdata: %v", err)
	}
	out := map[string][]byte{}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		out[strings.TrimSuffix(name, ".json")] = data
	}
	return out
}

func TestBlocksAreDrawnAsInTheGoldenFiles(t *testing.T) {
	for name, data := range samples(t) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			var s sample
			if err := json.Unmarshal(data, &s); err != nil {
				t.Fatal(err)
			}
			got := strings.ReplaceAll(string(plainRenderer().Blocks(s.input())), "><", ">\n<")
			golden := name + ".html"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("drawn differently (-want +got); if this is right, run with -update:\n%s", diff)
			}
		})
	}
}

// hostile strings would end an attribute, an element or a comment, or run.
var hostile = []string{
	`"><script>alert(1)</script>`, `'><img src=x onerror=alert(1)>`, `javascript:alert(1)`, "`-alert(1)-`",
	`</textarea><script>alert(1)</script>`, `--><script>`, `</template></dialog><script>`, "\x00<script>", `&lt;script&gt;&#60;script>`,
}

func TestNothingFromTheBlocksBecomesMarkup(t *testing.T) {
	for name, data := range samples(t) {
		for _, bad := range hostile {
			var tree any
			if err := json.Unmarshal(data, &tree); err != nil {
				t.Fatal(err)
			}
			poisoned, err := json.Marshal(poison(tree, bad))
			if err != nil {
				t.Fatal(err)
			}
			var s sample
			if err := json.Unmarshal(poisoned, &s); err != nil {
				t.Fatal(err)
			}
			html := strings.ToLower(string(plainRenderer().Blocks(s.input())))
			for _, alive := range []string{"<script", "<img src=x", `href="javascript`, `src="javascript`, "</dialog>"} {
				if strings.Contains(html, alive) {
					t.Errorf("%s: %q came through %q", name, alive, bad)
				}
			}
		}
	}
}

// poison puts bad into every string that is not a word of the format.
func poison(v any, bad string) any {
	switch v := v.(type) {
	case map[string]any:
		for key, each := range v {
			if key == "type" {
				continue
			}
			v[key] = poison(each, bad)
		}
		return v
	case []any:
		for i := range v {
			v[i] = poison(v[i], bad)
		}
		return v
	case string:
		return bad
	}
	return v
}

func TestLinksLeadOnlyWhereAMessageMayLink(t *testing.T) {
	for address, want := range map[string]bool{
		"https://example.com/a?b#c": true, "HTTP://example.com": true, "mailto:a@example.com": true,
		"javascript:alert(1)": false, "data:text/html,x": false, "//example.com": false, "/relative": false,
		"https:": false, "file:///etc/passwd": false, " javascript:alert(1)": false, "": false,
	} {
		if got := safeURL(address) != ""; got != want {
			t.Errorf("safeURL(%q): link = %v, want %v", address, got, want)
		}
	}
}

func TestADateTimeRoundTrips(t *testing.T) {
	got, err := ParseDateTime("2026-01-31T09:30")
	if err != nil || got != "1769851800" {
		t.Errorf("ParseDateTime = %q, %v; want 1769851800", got, err)
	}
	if _, err := ParseDateTime("tomorrow"); err == nil {
		t.Error("a word is not a date and time, but no error came")
	}
}

func FuzzBlocks(f *testing.F) {
	for _, data := range samples(f) {
		var s sample
		if err := json.Unmarshal(data, &s); err != nil {
			f.Fatal(err)
		}
		f.Add([]byte(s.Blocks))
	}
	f.Add([]byte(`[{"type":"section"}]`))
	f.Add([]byte(`[{"type":"input"},{"type":"actions","elements":[null]},null,7]`))
	f.Fuzz(func(t *testing.T, blocks []byte) {
		html := strings.ToLower(string(plainRenderer().Blocks(Input{Prefix: "p", Blocks: blocks})))
		if strings.Contains(html, "<script") {
			t.Errorf("a script came through %q", blocks)
		}
	})
}
