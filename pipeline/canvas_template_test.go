package pipeline_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"alignbot/pipeline"
)

// boxesAsked writes down what a canvas asks: each box with its place in the grid, and
// what it is for.
func boxesAsked(t pipeline.CanvasTemplate) string {
	var all []string
	for _, b := range t.Boxes {
		words := fmt.Sprintf("%s %d,%d %dx%d", b.ID, b.Where.Row, b.Where.Column, b.Where.Width, b.Where.Height)
		for word, is := range map[string]bool{" extra": b.Extra, " heading": b.Heading} {
			if is {
				words += word
			}
		}
		if b.Goal {
			words += " goal"
		}
		if b.Metric {
			words += " metric"
		}
		all = append(all, words)
	}
	return strings.Join(all, "\n")
}

func TestBuiltInCanvasesAskWhatTheirMethodsAsk(t *testing.T) {
	want := map[pipeline.CanvasKind]string{
		pipeline.LeanCanvas: `segments 1,9 2x1
early-adopters 2,9 2x1 extra
problem 1,1 2x1 goal
alternatives 2,1 2x1 extra
value 1,5 2x2 goal
solution 1,3 2x1
channels 2,7 2x1
revenue 3,6 5x1
cost 3,1 5x1
metrics 2,3 2x1 metric
advantage 1,7 2x1`,
		pipeline.StrategyCanvas: `vision 1,1 2x1
challenge 2,1 2x1 goal
target 3,2 1x1 goal metric
current 3,1 1x1 metric`,
		pipeline.VisionBoard: `vision 1,1 4x1
group 2,1 1x1
needs 2,2 1x1 goal
product 2,3 1x1
business 2,4 1x1 goal metric`,
		pipeline.GORoadmap: `when 1,1 1x1
name 2,1 1x1 heading
goal 3,1 1x1 goal
features 4,1 1x1
metrics 5,1 1x1 metric`,
		pipeline.ProductGoal: `vision 1,1 3x1
goal 2,1 3x1 goal
narrative 3,1 1x1
leading 3,2 1x1 metric
lagging 3,3 1x1 metric
stakeholders 4,1 1x1
risks 4,2 1x1
team 4,3 1x1`,
	}
	got := map[pipeline.CanvasKind]string{}
	for _, template := range pipeline.BuiltInCanvases() {
		got[template.ID] = boxesAsked(template)
		if again, err := pipeline.ParseCanvasTemplate(pipeline.FormatCanvasTemplate(template)); err != nil || cmp.Diff(template, again) != "" {
			t.Errorf("%s as a file: %v %s", template.ID, err, cmp.Diff(template, again))
		}
		if template.Assumptions != (template.ID == pipeline.LeanCanvas) || template.Alone != (template.ID == pipeline.ProductGoal) {
			t.Errorf("%s: assumptions %t, alone %t", template.ID, template.Assumptions, template.Alone)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestTheExampleOfTheCanvasFormatIsOne(t *testing.T) {
	format, err := os.ReadFile("canvases/format.txt")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(format), "\n\n")
	example, _, _ := strings.Cut(rest, "\nIn a canvas")
	template, err := pipeline.ParseCanvasTemplate(example)
	if err != nil {
		t.Fatal(err)
	}
	if rows, columns := template.Grid(); rows != 2 || columns != 2 || len(template.Boxes) != 3 {
		t.Errorf("%d boxes on %d rows and %d columns", len(template.Boxes), rows, columns)
	}
}

// charter is a canvas of a team's own without mistakes.
const charter = `id: charter
name: Team charter
boxes:
  - {id: purpose, title: Purpose, question: "Why is there this team?"}
  - {id: rules, title: Rules, question: "What do we agree on?"}
`

// charterOf is it with so many boxes.
func charterOf(boxes int) string {
	var source strings.Builder
	source.WriteString("id: charter\nname: Team charter\nboxes:\n")
	for i := range boxes {
		fmt.Fprintf(&source, "  - {id: box-%d, title: Box, question: \"What?\"}\n", i)
	}
	return source.String()
}

func TestEveryMistakeInACanvasIsNamedWithItsLine(t *testing.T) {
	for name, c := range map[string]struct {
		source string
		want   []string
	}{
		"nothing":       {"", []string{"line 1: There is no canvas here, the file is empty."}},
		"two documents": {charter + "---\n" + charter, []string{"line 7: A second document begins here. Keep one canvas in a file."}},
		"a list":        {"- id: a\n", []string{`line 1: Here should be a canvas: keys with values, such as "id: …".`}},
		"only an id":    {"id: a\n", []string{"line 1: The canvas needs a name.", "line 1: A canvas needs at least one box."}},
		"200 boxes":     {charterOf(200), []string{"line 34: A canvas has at most 30 boxes; this has 200. One page that people can talk about has about ten: split it, or leave some out."}},
		"a mistyped key": {strings.Replace(charter, "title: Purpose", "titel: Purpose", 1),
			[]string{`line 4: There is no key "titel" in a box. Did you mean title?`}},
		"two boxes of one id": {strings.Replace(charter, "id: rules", "id: purpose", 1),
			[]string{"line 5: Two boxes have the id purpose; the first is box 1."}},
		"an id of a key": {strings.Replace(charter, "id: rules", "id: goal.2", 1),
			[]string{"line 5: Box 2 needs an id such as problem: lower-case letters, digits and hyphens, a letter first, at most 40."}},
		"a title too long": {strings.Replace(charter, "title: Rules", "title: "+strings.Repeat("x", 41), 1),
			[]string{"line 5: The title has 41 characters; at most 40."}},
		"a title of nothing to see": {strings.Replace(charter, "title: Rules", `title: "\u200b"`, 1), []string{"line 5: Box 2 needs a title."}},
		"places for some": {strings.Replace(charter, "id: rules,", "id: rules, row: 1, column: 1,", 1),
			[]string{"line 4: 1 of the 2 boxes have a row. Give one to each, or to none: then they are laid out three beside each other."}},
		"one place for two": {strings.NewReplacer("id: rules,", "id: rules, row: 1, column: 2,", "id: purpose,", "id: purpose, row: 1, column: 1, width: 2,").Replace(charter),
			[]string{"line 5: The boxes purpose and rules both stand in row 1, column 2."}},
		"over the end": {strings.NewReplacer("id: rules,", "id: rules, row: 24, column: 1, height: 2,", "id: purpose,", "id: purpose, row: 1, column: 25,").Replace(charter),
			[]string{`line 4: "column" is a whole number from 1 to 24; this is 25.`, "line 5: The box reaches over the end of the page: it has 24 rows and 24 columns."}},
		"no whole number": {strings.Replace(charter, "id: rules,", "id: rules, row: one,", 1),
			[]string{`line 5: "row" is a whole number such as 3; this is "one".`}},
		"a heading without columns": {strings.Replace(charter, "id: rules,", "id: rules, heading: true,", 1),
			[]string{"line 5: Only a canvas with columns has a heading."}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := pipeline.ParseCanvasTemplate(c.source)
			if err == nil {
				t.Fatal("it is right")
			}
			var got []string
			for _, m := range mistakesOf(t, err) {
				got = append(got, m.String())
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			if said := problem(t, err); !strings.HasPrefix(said.What, "This canvas cannot be used as it is. ") {
				t.Errorf("to its author: %s", said.What)
			}
		})
	}
}

func mistakesOf(t *testing.T, err error) []pipeline.Mistake {
	t.Helper()
	wrong, is := err.(*pipeline.TemplateError)
	if !is {
		t.Fatalf("%T: %v", err, err)
	}
	return wrong.Mistakes
}

func TestACanvasWithoutPlacesIsLaidOut(t *testing.T) {
	plain, err := pipeline.ParseCanvasTemplate(charterOf(30))
	if err != nil {
		t.Fatal(err)
	}
	if rows, columns := plain.Grid(); rows != 10 || columns != 3 {
		t.Errorf("%d rows, %d columns", rows, columns)
	}
	released, err := pipeline.ParseCanvasTemplate(strings.Replace(charter, "boxes:", "columns: release\nboxes:", 1))
	if err != nil {
		t.Fatal(err)
	}
	if rows, columns := released.Grid(); rows != 2 || columns != 1 {
		t.Errorf("in columns: %d rows, %d columns", rows, columns)
	}
}

func TestTheCanvasesThatATeamMadeItself(t *testing.T) {
	own, err := pipeline.ParseCanvasTemplate(charter)
	if err != nil {
		t.Fatal(err)
	}
	kept, err := pipeline.OwnCanvases{Team: "PAY"}.With(own)
	if err != nil {
		t.Fatal(err)
	}
	own.About = "What holds us together."
	if kept, err = kept.With(own); err != nil || len(kept.Templates) != 1 || kept.Templates[0].About != own.About {
		t.Errorf("replaced: %v %+v", err, kept)
	}
	full := kept
	for i := 1; i < pipeline.CanvasTemplateLimit; i++ {
		full.Templates = append(full.Templates, pipeline.CanvasTemplate{ID: pipeline.CanvasKind(fmt.Sprint("c", i)), Name: fmt.Sprint("Canvas ", i)})
	}
	if _, err := full.With(own); err != nil {
		t.Errorf("replaced where there is no more room: %v", err)
	}
	other := own
	for name, c := range map[string]struct {
		in       pipeline.OwnCanvases
		id       pipeline.CanvasKind
		called   string
		mistakes string
	}{
		"the id of one that comes along": {kept, pipeline.LeanCanvas, "Ours", "The id lean belongs to a canvas that comes with alignbot. Give yours another one, such as our-lean."},
		"a name that is taken":           {kept, "second", "team CHARTER", `There is a canvas called "Team charter" already, charter. Give this one another name.`},
		"a name of one that comes along": {kept, "second", "Lean Canvas", `There is a canvas called "Lean Canvas" already, lean. Give this one another name.`},
		"no room":                        {full, "second", "Second", "The team keeps 10 canvases of its own, and that is the most. Remove one first."},
	} {
		other.ID, other.Name = c.id, c.called
		if _, err := c.in.With(other); err == nil || err.Error() != c.mistakes {
			t.Errorf("%s: %v", name, err)
		}
	}
	all := pipeline.CanvasTemplatesOf(kept.Templates)
	if last := all[len(all)-1]; last.ID != "charter" || len(all) != 6 {
		t.Errorf("%d, the last is %s", len(all), last.ID)
	}
	if left, there := kept.Without("charter"); !there || len(left.Templates) != 0 {
		t.Errorf("removed: %+v", left)
	}
	if _, there := kept.Without("lean"); there {
		t.Error("removed one that is not its own")
	}
}
