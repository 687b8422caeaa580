// Package house_test holds the rules of the whole house: who may import whom,
// what every package has to say about itself.
package house_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "alignbot"

// mayImport lists, for each folder at the top, which others its packages may
// import. A package may always import what is in its own folder.
var mayImport = map[string][]string{
	"cmd":      {"bot", "nudges", "commands", "storage", "llm", "drawing", "pipeline", "slacksim"},
	"bot":      {"commands", "storage", "llm", "drawing", "pipeline"},
	"nudges":   {"commands", "storage", "llm", "drawing", "pipeline"},
	"commands": {"storage", "llm", "drawing", "pipeline"},
	"storage":  {"pipeline"},
	"llm":      {"pipeline"},
	"drawing":  {"pipeline"},
	"pipeline": {},
	"slacksim": {},
	"proof":    {"bot", "commands", "nudges", "llm", "storage", "pipeline", "slacksim"},
}

// testsMayImport is what the tests of any folder may import besides.
var testsMayImport = []string{"bot", "slacksim", "storage"}

// onlyIn lists libraries that are kept to some folders, so that the rest does
// not know about them. Tests are free.
var onlyIn = map[string][]string{
	"github.com/spf13/":           {"cmd"},
	"github.com/slack-go/":        {"cmd", "bot", "commands"},
	"github.com/redis/":           {"storage"},
	"github.com/alicebob/":        {"storage"},
	"github.com/prometheus/":      {"cmd", "bot"},
	"github.com/gorilla/":         {"cmd", "bot", "slacksim"},
	"github.com/chromedp/":        {},
	"github.com/google/go-cmp/":   {},
	"go.uber.org/goleak":          {},
	"pgregory.net/rapid":          {},
	"go.yaml.in/yaml/":            {"cmd", "pipeline", "slacksim"},
	"github.com/kljensen/":        {"storage", "llm"},
	"github.com/sashabaranov/":    {"llm"},
	"github.com/agnivade/":        {"cmd", "commands", "pipeline"},
	"github.com/go-text/":         {"drawing"},
	"golang.org/x/image/":         {"drawing"},
	"eliasnaur.com/font/":         {"drawing"},
	"github.com/stretchr/testify": {},
}

// pure folders do no I/O and read no clock of their own.
var pure = []string{"pipeline", "drawing"}

var impure = []string{"os", "net", "net/http", "log", "log/slog", "database/sql", "os/exec", "syscall", "math/rand", "math/rand/v2"}

// source is one Go file.
type source struct {
	path, folder string // slash-separated; folder is the first element, "" at the root
	test         bool   // a test, or a package that exists for tests
	imports      []string
	comment      string // of the package
}

func sources(t *testing.T) []source {
	t.Helper()
	var all []source
	err := filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && name != "." && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "testdata") {
			return filepath.SkipDir
		}
		if entry.IsDir() || !strings.HasSuffix(name, ".go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly|parser.ParseComments)
		if err != nil {
			return err
		}
		slashed := filepath.ToSlash(name)
		s := source{path: slashed, test: strings.HasSuffix(name, "_test.go") || isTestPackage(path.Dir(slashed)), comment: file.Doc.Text()}
		if strings.Contains(slashed, "/") {
			s.folder, _, _ = strings.Cut(slashed, "/")
		}
		for _, spec := range file.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			s.imports = append(s.imports, imported)
		}
		all = append(all, s)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// isTestPackage: packages for tests are named so, like net/http/httptest.
func isTestPackage(dir string) bool {
	name := path.Base(dir)
	return strings.HasSuffix(name, "test") && name != "test"
}

func TestImportsPointOneWay(t *testing.T) {
	for _, s := range sources(t) {
		for _, imported := range s.imports {
			inside, ours := strings.CutPrefix(imported, module+"/")
			if !ours {
				continue
			}
			to, _, _ := strings.Cut(inside, "/")
			switch {
			case s.folder == "" || s.folder == to:
			case isTestPackage(inside) && !s.test:
				t.Errorf("%s imports %s, which is for tests", s.path, imported)
			case slices.Contains(mayImport[s.folder], to):
			case s.test && s.folder != "pipeline" && s.folder != "slacksim" && slices.Contains(testsMayImport, to):
			default:
				t.Errorf("%s imports %s; %s may import %q", s.path, imported, s.folder, mayImport[s.folder])
			}
		}
	}
}

func TestLibrariesAreKeptToTheirFolders(t *testing.T) {
	for _, s := range sources(t) {
		if s.test || s.folder == "" {
			continue
		}
		for _, imported := range s.imports {
			for library, folders := range onlyIn {
				if strings.HasPrefix(imported+"/", library) && !slices.Contains(folders, s.folder) {
					t.Errorf("%s imports %s; only %q may", s.path, imported, folders)
				}
			}
			if slices.Contains(pure, s.folder) && slices.Contains(impure, imported) {
				t.Errorf("%s imports %s, but %s does no I/O", s.path, imported, s.folder)
			}
		}
	}
}

func TestEveryFolderIsInTheTable(t *testing.T) {
	for _, s := range sources(t) {
		if _, known := mayImport[s.folder]; !known && s.folder != "" {
			t.Errorf("%s: who may the folder %s import? Add it to the table", s.path, s.folder)
		}
	}
}

// TestTheTableForContributors: CONTRIBUTING.md says what mayImport does.
func TestTheTableForContributors(t *testing.T) {
	text, err := os.ReadFile("CONTRIBUTING.md")
	if err != nil {
		t.Fatal(err)
	}
	written := map[string][]string{}
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z]+)[a-z/]*` \\|.*\\| (.+) \\|$").FindAllStringSubmatch(string(text), -1) {
		written[row[1]] = []string{}
		if row[2] != "nothing of ours" {
			written[row[1]] = strings.Split(row[2], ", ")
		}
	}
	if !maps.EqualFunc(written, mayImport, slices.Equal) {
		t.Errorf("CONTRIBUTING.md says %q, true is %q", written, mayImport)
	}
}

var localLink = regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`)

// documents are the texts for people.
func documents(t *testing.T) []string {
	t.Helper()
	top, err := filepath.Glob("*.md")
	if err != nil {
		t.Fatal(err)
	}
	guides, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	return append(top, guides...)
}

func TestLinksInDocumentsLeadSomewhere(t *testing.T) {
	for _, document := range documents(t) {
		text, err := os.ReadFile(document)
		if err != nil {
			t.Fatal(err)
		}
		for _, link := range localLink.FindAllStringSubmatch(string(text), -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(document), filepath.FromSlash(link[1]))); err != nil {
				t.Errorf("%s links to %s: %v", document, link[1], err)
			}
		}
	}
}

var (
	namedTest   = regexp.MustCompile("`(Test[A-Z]\\w*)`")
	writtenTest = regexp.MustCompile(`(?m)^func (Test\w+)\(t \*testing\.T\)`)
)

func TestTestsThatDocumentsNameAreThere(t *testing.T) {
	written := map[string]bool{}
	for _, s := range sources(t) {
		if !strings.HasSuffix(s.path, "_test.go") {
			continue
		}
		text, err := os.ReadFile(s.path)
		if err != nil {
			t.Fatal(err)
		}
		for _, test := range writtenTest.FindAllSubmatch(text, -1) {
			written[string(test[1])] = true
		}
	}
	for _, document := range documents(t) {
		text, err := os.ReadFile(document)
		if err != nil {
			t.Fatal(err)
		}
		for _, test := range namedTest.FindAllSubmatch(text, -1) {
			if !written[string(test[1])] {
				t.Errorf("%s names the test %s, which is not there", document, test[1])
			}
		}
	}
}

func TestEveryPackageSaysWhatItIs(t *testing.T) {
	comments := map[string][]string{}
	for _, s := range sources(t) {
		if dir := path.Dir(s.path); !strings.HasSuffix(s.path, "_test.go") {
			comments[dir] = append(comments[dir], s.comment)
		}
	}
	for dir, all := range comments {
		all = slices.DeleteFunc(all, func(comment string) bool { return comment == "" })
		if len(all) != 1 {
			t.Errorf("%s has %d package comments, want one", dir, len(all))
			continue
		}
		if want := path.Base(dir) + " "; !strings.HasPrefix(all[0], "Package "+want) && !strings.HasPrefix(all[0], "Command "+want) {
			t.Errorf("%s: the package comment begins %.40q", dir, all[0])
		}
	}
}
