package pipeline

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// TemplateFileLimit is the most bytes of a template as a file. Every run keeps
// a copy of its template, so it is also what a run can grow by; so does a canvas.
const TemplateFileLimit = 64 << 10

// parseYAML gives the one document in the source, once it is harmless: small,
// text, and nothing in it that stands for something else. noun is what it should
// be: "checklist".
func parseYAML(source, noun string) (*yaml.Node, *Mistake) {
	if len(source) > TemplateFileLimit {
		return nil, &Mistake{What: fmt.Sprintf("The file is too long. A %s has at most %d kB; this has %d.", noun, TemplateFileLimit>>10, (len(source)+1023)>>10)}
	}
	if line := notText(source); line > 0 {
		return nil, &Mistake{Line: line, What: "There is something here that is not text. Save the file as plain text in UTF-8."}
	}
	documents, err := decodeYAML(source)
	if err != nil {
		return nil, yamlMistake(source, err)
	}
	if len(documents) == 0 || len(documents) == 1 && isNull(documents[0]) {
		return nil, &Mistake{Line: 1, What: fmt.Sprintf("There is no %s here, the file is empty.", noun)}
	}
	if len(documents) > 1 {
		return nil, &Mistake{Line: documents[1].Line, What: fmt.Sprintf("A second document begins here. Keep one %s in a file.", noun)}
	}
	if n := findIndirect(documents[0]); n != nil {
		return nil, &Mistake{Line: n.Line, What: indirectRefused}
	}
	return documents[0], nil
}

// decodeYAML gives the first two documents.
func decodeYAML(source string) ([]*yaml.Node, error) {
	decoder := yaml.NewDecoder(strings.NewReader(source))
	var documents []*yaml.Node
	for len(documents) < 2 {
		var document yaml.Node
		if err := decoder.Decode(&document); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		documents = append(documents, document.Content[0])
	}
	return documents, nil
}

// notText gives the first line with bytes that no text file has, 0 when there
// is none.
func notText(source string) int {
	line := 1
	for i, r := range source {
		switch {
		case r == '\n':
			line++
		case r == utf8.RuneError && !strings.HasPrefix(source[i:], string(utf8.RuneError)):
			return line
		case unicode.IsControl(r) && r != '\r' && r != '\t':
			return line
		}
	}
	return 0
}

var (
	yamlErrorPattern    = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)$`)
	unknownAliasPattern = regexp.MustCompile(`^unknown anchor '(.*)' referenced$`)
	// blockErrorPattern and flowErrorPattern are those of the library's parser,
	// the rest its scanner's.
	blockErrorPattern = regexp.MustCompile(`^did not find expected (key|'-' indicator)$`)
	flowErrorPattern  = regexp.MustCompile(`^did not find expected (',' or '.'|node content|<)`)
)

// yamlMistake turns an error of the YAML library into a mistake with its line.
// The scanner names the line itself. The parser names the line before the one
// on which the list or mapping with the error begins: near enough between
// brackets, and for a block the line is looked for.
func yamlMistake(source string, err error) *Mistake {
	parts := yamlErrorPattern.FindStringSubmatch(err.Error())
	if parts == nil {
		return &Mistake{What: "This is not YAML."}
	}
	line, _ := strconv.Atoi(parts[1]) // "" where the library names none
	said := parts[2]
	switch {
	case unknownAliasPattern.MatchString(said):
		before, _, _ := strings.Cut(source, "*"+unknownAliasPattern.FindStringSubmatch(said)[1])
		return &Mistake{Line: 1 + strings.Count(before, "\n"), What: indirectRefused}
	case blockErrorPattern.MatchString(said):
		line = firstLineWith(source, err)
	case flowErrorPattern.MatchString(said):
		line++
	}
	return &Mistake{
		Line: max(line, 1),
		What: fmt.Sprintf("This is not YAML: %s. Look for a missing quote, a colon inside a text without quotes, or wrong indentation.", Cut(CleanLine(said), 150)),
	}
}

// firstLineWith finds the line that brings the error: a block may end after any
// line, so the lines before it are without this error.
func firstLineWith(source string, want error) int {
	lines := strings.SplitAfter(source, "\n")
	yamlError := func(text string) string {
		_, err := decodeYAML(text)
		if err == nil {
			return ""
		}
		return yamlErrorPattern.ReplaceAllString(err.Error(), "$2")
	}
	wanted := yamlErrorPattern.ReplaceAllString(want.Error(), "$2")
	return 1 + sort.Search(len(lines)-1, func(i int) bool { return yamlError(strings.Join(lines[:i+1], "")) == wanted })
}

const indirectRefused = "Anchors (&), aliases (*) and tags (!) are not read here. Write the text out, or put it in quotes."

// findIndirect gives the first node that stands for something other than what
// is written in its place.
func findIndirect(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode || n.Anchor != "" || n.Style&yaml.TaggedStyle != 0 {
		return n
	}
	for _, inner := range n.Content {
		if found := findIndirect(inner); found != nil {
			return found
		}
	}
	return nil
}
