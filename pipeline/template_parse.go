package pipeline

import (
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// ParseTemplate reads one YAML document in the form that templates/format.txt
// describes. A *TemplateError names every mistake at once, each with its line.
func ParseTemplate(source string) (Template, error) {
	document, wrong := parseYAML(source, templateNoun)
	if wrong != nil {
		return Template{}, &TemplateError{Mistakes: []Mistake{*wrong}, noun: templateNoun}
	}
	r := templateReader{newChecker()}
	t := r.template(document)
	if !r.wrong(head("")) {
		r.check(t)
	}
	if err := r.err(); err != nil {
		return Template{}, err
	}
	return t, nil
}

// The keys of the file.
var (
	templateKeys   = []string{"id", "name", "about", "use", "forms", "pass", "items"}
	itemKeys       = []string{"id", "question", "brief", "help", "kind", "required", "in", "unit", "choices", "why", "fact", "pass"}
	passKeys       = []string{"at least", "at most", "one of", "succeed", "of", "strength"}
	answerRuleKeys = []string{"no at most", "unsure at most"}
)

// templateReader turns nodes into a template and remembers where things stood.
type templateReader struct{ checker }

func (r *templateReader) template(n *yaml.Node) Template {
	keys := r.keys(n, head(""), "a checklist", templateKeys)
	t := Template{
		ID:    TemplateID(r.line(keys["id"], head("id"))),
		Name:  r.line(keys["name"], head("name")),
		About: r.text(keys["about"], head("about")),
		Use:   Use(r.line(keys["use"], head("use"))),
		Forms: asForms(r.list(keys["forms"], head("forms"))),
	}
	if keys["use"] == nil {
		t.Use = UseChecklist
	}
	if rule := keys["pass"]; rule != nil {
		limits := r.keys(rule, head("pass"), "the pass of a checklist", answerRuleKeys)
		t.Pass.MaxNo = r.whole(limits["no at most"], head("no at most"))
		t.Pass.MaxUnsure = r.whole(limits["unsure at most"], head("unsure at most"))
	}
	if items := keys["items"]; items != nil && !isNull(items) {
		t.Items = r.items(items)
	}
	return t
}

func (r *templateReader) items(n *yaml.Node) []Item {
	r.lines[head("items")] = n.Line
	if n.Kind != yaml.SequenceNode {
		r.say(head("items"), "Items are a list: begin each with a hyphen, as in \"- id: problem\".")
		return nil
	}
	nodes := n.Content
	if len(nodes) > ItemLimit {
		r.lines[head("items")] = nodes[ItemLimit].Line
		r.say(head("items"), "A checklist has at most %d items; this has %d.", ItemLimit, len(nodes))
		nodes = nodes[:ItemLimit]
	}
	var items []Item
	for i, node := range nodes {
		items = append(items, r.item(node, i))
	}
	return items
}

func (r *templateReader) item(n *yaml.Node, i int) Item {
	at := func(key string) place { return place{item: i, key: key} }
	keys := r.keys(n, at(""), "an item", itemKeys)
	item := Item{
		ID:       ItemID(r.line(keys["id"], at("id"))),
		Question: r.line(keys["question"], at("question")),
		Brief:    r.line(keys["brief"], at("brief")),
		Help:     r.text(keys["help"], at("help")),
		Kind:     ItemKind(r.line(keys["kind"], at("kind"))),
		In:       asForms(r.list(keys["in"], at("in"))),
		Unit:     r.line(keys["unit"], at("unit")),
		Choices:  r.list(keys["choices"], at("choices")),
		Why:      r.flag(keys["why"], at("why")),
		Fact:     Fact(r.line(keys["fact"], at("fact"))),
	}
	if required := keys["required"]; required != nil && required.Kind == yaml.SequenceNode {
		item.RequiredIn = asForms(r.list(required, at("required")))
		item.Required = len(item.RequiredIn) > 0
	} else {
		item.Required = r.flag(required, at("required"))
	}
	if rule := keys["pass"]; rule != nil {
		limits := r.keys(rule, at("pass"), "the pass of an item", passKeys)
		item.Pass = PassRule{
			AtLeast:  r.number(limits["at least"], at("at least")),
			AtMost:   r.number(limits["at most"], at("at most")),
			OneOf:    r.list(limits["one of"], at("one of")),
			Strength: Strength(r.line(limits["strength"], at("strength"))),
		}
		if n := r.whole(limits["succeed"], at("succeed")); n != nil {
			item.Pass.Succeed = *n
		}
		if n := r.whole(limits["of"], at("of")); n != nil {
			item.Pass.Of = *n
		}
	}
	return item
}

// keys gives the values of a mapping by key, or says what is wrong with it.
func (r *templateReader) keys(n *yaml.Node, at place, owner string, known []string) map[string]*yaml.Node {
	r.lines[at] = n.Line
	if n.Kind != yaml.MappingNode {
		r.say(at, "Here should be %s: keys with values, such as \"%s: …\".", owner, known[0])
		return nil
	}
	values, first := map[string]*yaml.Node{}, map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		switch {
		case key.Kind != yaml.ScalarNode || !slices.Contains(known, key.Value):
			r.sayLine(key.Line, "There is no key %s in %s%s", shown(key.Value), owner, hint(key.Value, known))
			if meant := closest(key.Value, known); meant != "" {
				r.told[place{item: at.item, key: meant}] = "mistyped" // and not missing
			}
		case first[key.Value] > 0:
			r.sayLine(key.Line, "The key %s stands here a second time; the first is in line %d.", key.Value, first[key.Value])
		default:
			values[key.Value], first[key.Value] = value, key.Line
		}
	}
	return values
}

// scalar gives what is written in one place, "" when there is nothing. want
// says in words what should stand there.
func (r *templateReader) scalar(n *yaml.Node, at place, want string) string {
	if n == nil {
		return ""
	}
	r.lines[at] = n.Line
	if n.Kind != yaml.ScalarNode {
		r.say(at, "%q is %s, not a list or keys.", at.key, want)
		return ""
	}
	if isNull(n) {
		return ""
	}
	return n.Value
}

func (r *templateReader) line(n *yaml.Node, at place) string {
	return CleanLine(r.scalar(n, at, "a text"))
}

func (r *templateReader) text(n *yaml.Node, at place) string {
	return CleanText(r.scalar(n, at, "a text"))
}

func (r *templateReader) list(n *yaml.Node, at place) []string {
	if n == nil {
		return nil
	}
	r.lines[at] = n.Line
	if n.Kind != yaml.SequenceNode {
		r.say(at, "%q is a list, such as [one, two].", at.key)
		return nil
	}
	if len(n.Content) == 0 {
		r.say(at, "%q is an empty list. Leave it out, or put something in.", at.key)
	}
	var words []string
	for _, word := range n.Content {
		if word.Kind != yaml.ScalarNode {
			r.say(at, "%q is a list of texts. Put quotes around one that has a colon or brackets.", at.key)
			return nil
		}
		written := word.Value
		if isNull(word) {
			written = ""
		}
		words = append(words, CleanLine(written))
	}
	return words
}

func (r *templateReader) flag(n *yaml.Node, at place) bool {
	switch strings.ToLower(CleanLine(r.scalar(n, at, "true or false"))) {
	case "true", "yes":
		return true
	case "false", "no", "":
		return false
	}
	if at.key == "required" {
		r.say(at, "\"required\" is true, false, or a list of forms such as [full].")
	} else {
		r.say(at, "%q is true or false.", at.key)
	}
	return false
}

func (r *templateReader) number(n *yaml.Node, at place) *float64 {
	written := CleanLine(r.scalar(n, at, "a number"))
	if written == "" {
		return nil
	}
	v, err := strconv.ParseFloat(written, 64)
	if err != nil {
		r.say(at, "%q is a number such as 3 or 0.5, without a unit; this is %s.", at.key, shown(written))
		return nil
	}
	return &v
}

func (r *templateReader) whole(n *yaml.Node, at place) *int {
	written := CleanLine(r.scalar(n, at, "a whole number"))
	if written == "" {
		return nil
	}
	v, err := strconv.Atoi(written)
	if err != nil {
		r.say(at, "%q is a whole number such as 3; this is %s.", at.key, shown(written))
		return nil
	}
	return &v
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }

func asForms(words []string) []Form {
	var forms []Form
	for _, word := range words {
		forms = append(forms, Form(word))
	}
	return forms
}
