package blockkit

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// object is a decoded JSON object.
type object = map[string]any

// surface is where blocks are shown.
type surface int

const (
	message surface = 1 << iota
	modal
	home
	everywhere = message | modal | home
	nowhere    = surface(0) // Slack shows it, an app cannot send it
)

// kind is one row of the schema: what an object of this type may hold.
type kind struct {
	page  string // page under docs.slack.dev/reference/block-kit/
	on    surface
	props []prop
	also  []rule // rules about several properties at once; they see the whole object
}

func (k kind) has(name string) bool {
	return slices.ContainsFunc(k.props, func(p prop) bool { return p.name == name })
}

// prop is one property of a kind.
type prop struct {
	name     string
	required bool
	rule     rule
}

func req(name string, r rule) prop { return prop{name, true, r} }
func opt(name string, r rule) prop { return prop{name, false, r} }

// rule checks one JSON value and reports what is wrong with it at the pointer.
type rule func(c *check, at string, v any)

// check is one validation under way.
type check struct {
	on       surface
	problems []Problem

	// The tables are reached through the check, because the rules inside them lead back to them.
	blocks, elements, cells map[string]kind

	total     int             // blocks so far, children of containers included
	blockIDs  map[string]bool // unique in the whole message or view
	actionIDs map[string]bool // unique in the block being read
	within    string          // type of the block being read
	nesting   int             // containers and layouts around it
	inputs    int
	focused   int
	charts    int
	markdown  int            // characters of all markdown blocks
	tableText map[string]int // characters of all table cells, by type of block
}

func newCheck(on surface) *check {
	return &check{on: on, blocks: blockKinds, elements: elementKinds, cells: cellKinds, blockIDs: map[string]bool{}, actionIDs: map[string]bool{}, tableText: map[string]int{}}
}

func (c *check) add(p Problem) { c.problems = append(c.problems, p) }

func (c *check) failed(at, constraint, format string, args ...any) {
	c.add(Problem{Pointer: at, Code: CodeFailedConstraint, Message: fmt.Sprintf(format, args...), Field: lastToken(at), Constraint: constraint})
}

func (c *check) wrongType(at, want string) {
	c.add(Problem{Pointer: at, Code: CodeInvalidType, Message: "must provide " + want, Field: lastToken(at)})
}

func (c *check) missing(at, field string) {
	c.add(Problem{Pointer: at, Code: CodeMissingField, Message: "missing required field: " + field, Field: field})
}

// properties checks an object against a kind, "type" included.
func (c *check) properties(at string, obj object, k kind) {
	for _, p := range k.props {
		v, has := obj[p.name]
		switch {
		case has:
			p.rule(c, at+"/"+p.name, v)
		case p.required:
			c.missing(at, p.name)
		}
	}
	var unknown []string
	for name := range obj {
		if name != "type" && !k.has(name) {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	for _, name := range unknown {
		c.add(Problem{Pointer: at, Code: CodeUnknownProperty, Message: "invalid additional property: " + name, Field: name})
	}
	for _, r := range k.also {
		r(c, at, obj)
	}
}

// typed checks an object whose "type" selects a row of the table; allowed narrows the choice, none means any.
// False means that the kind was not found, so that nothing else can be said about the object.
func (c *check) typed(at string, v any, table map[string]kind, allowed []string) bool {
	obj, isObject := v.(object)
	if !isObject {
		c.wrongType(at, "an object")
		return false
	}
	t, has := obj["type"]
	if !has {
		c.missing(at, "type")
		return false
	}
	name, isString := t.(string)
	if !isString {
		c.wrongType(at+"/type", "a string")
		return false
	}
	k, known := table[name]
	if !known || k.on&c.on == 0 || len(allowed) > 0 && !slices.Contains(allowed, name) {
		c.failed(at+"/type", "", "unsupported type: %s", name)
		return false
	}
	c.properties(at, obj, k)
	return true
}

// Values.

func boolean(c *check, at string, v any) {
	if _, ok := v.(bool); !ok {
		c.wrongType(at, "a boolean")
	}
}

// str is a string of min to max characters; max 0 means Slack states none.
func str(min, max int) rule {
	return func(c *check, at string, v any) {
		s, ok := v.(string)
		if !ok {
			c.wrongType(at, "a string")
			return
		}
		c.length(at, s, min, max)
	}
}

func (c *check) length(at, s string, min, max int) {
	n := utf8.RuneCountInString(s)
	if n < min {
		c.failed(at, limit("min_length", min), "must be more than %d characters", min-1)
	}
	if max > 0 && n > max {
		c.failed(at, limit("max_length", max), "must be less than %d characters", max+1)
	}
}

func enum(values ...string) rule {
	return func(c *check, at string, v any) {
		s, ok := v.(string)
		if !ok {
			c.wrongType(at, "a string")
		} else if !slices.Contains(values, s) {
			c.failed(at, "enum="+strings.Join(values, ","), "must be a valid enum value")
		}
	}
}

func pattern(expr string) rule {
	re := regexp.MustCompile(expr)
	return func(c *check, at string, v any) {
		s, ok := v.(string)
		if !ok {
			c.wrongType(at, "a string")
		} else if !re.MatchString(s) {
			c.failed(at, "pattern="+expr, "input must match regex pattern: %s", expr)
		}
	}
}

// link is an absolute URL of at most max characters with one of the schemes, or with any if none is named.
func link(max int, schemes ...string) rule {
	return func(c *check, at string, v any) {
		s, ok := v.(string)
		if !ok {
			c.wrongType(at, "a string")
			return
		}
		c.length(at, s, 1, max)
		u, err := url.Parse(s)
		if s != "" && (err != nil || u.Scheme == "" || len(schemes) > 0 && !slices.Contains(schemes, strings.ToLower(u.Scheme))) {
			c.failed(at, "format=url", "must be a valid URL")
		}
	}
}

// integer is a whole number of min to max.
func integer(min, max int64) rule {
	return func(c *check, at string, v any) {
		n, ok := v.(json.Number)
		i, err := strconv.ParseInt(string(n), 10, 64)
		switch {
		case !ok || err != nil:
			c.wrongType(at, "an integer")
		case i < min:
			c.failed(at, limit("min", min), "must be greater than or equal to %d", min)
		case i > max:
			c.failed(at, limit("max", max), "must be less than or equal to %d", max)
		}
	}
}

func number(c *check, at string, v any) {
	if _, ok := v.(json.Number); !ok {
		c.wrongType(at, "a number")
	}
}

func positive(c *check, at string, v any) {
	n, ok := v.(json.Number)
	if !ok {
		c.wrongType(at, "a number")
		return
	}
	if f, err := n.Float64(); err != nil || f <= 0 {
		c.failed(at, "exclusive_min=0", "must be greater than 0")
	}
}

// list is an array of min to max items that all follow one rule; max 0 means Slack states none.
func list(min, max int, item rule) rule {
	return func(c *check, at string, v any) {
		items, ok := v.([]any)
		if !ok {
			c.wrongType(at, "an array")
			return
		}
		c.count(at, len(items), min, max)
		for i, v := range items {
			item(c, pointer(at, i), v)
		}
	}
}

func (c *check) count(at string, n, min, max int) {
	if n < min {
		c.failed(at, limit("min_items", min), "no less than %d items allowed", min)
	}
	if max > 0 && n > max {
		c.failed(at, limit("max_items", max), "no more than %d items allowed", max)
	}
}

// fields is an untyped object.
func fields(props ...prop) rule { return untyped(kind{props: props}) }

func untyped(k kind) rule {
	return func(c *check, at string, v any) {
		obj, ok := v.(object)
		if !ok {
			c.wrongType(at, "an object")
			return
		}
		if _, has := obj["type"]; has && !k.has("type") {
			c.add(Problem{Pointer: at, Code: CodeUnknownProperty, Message: "invalid additional property: type", Field: "type"})
		}
		c.properties(at, obj, k)
	}
}

// orNull lets a null through: Slack's tables use it for an empty cell and for a column left as it is.
func orNull(r rule) rule {
	return func(c *check, at string, v any) {
		if v != nil {
			r(c, at, v)
		}
	}
}

// Relations between properties.

// anyOf demands at least one of the properties.
func anyOf(names ...string) rule {
	return func(c *check, at string, v any) {
		if len(present(v, names)) == 0 {
			c.missing(at, names[0])
		}
	}
}

// atMostOneOf forbids two of the properties together.
func atMostOneOf(names ...string) rule {
	return func(c *check, at string, v any) {
		if has := present(v, names); len(has) > 1 {
			c.failed(at, "one_of="+strings.Join(names, ","), "only one of %s is allowed", strings.Join(names, ", "))
		}
	}
}

// onlyWith lets the first property be true only if the second has the given value.
func onlyWith(name, other string, value bool) rule {
	return func(c *check, at string, v any) {
		obj := v.(object)
		set, _ := obj[name].(bool)
		got, _ := obj[other].(bool)
		if set && got != value {
			c.failed(at+"/"+name, fmt.Sprintf("requires=%s:%t", other, value), "%s requires %s to be %t", name, other, value)
		}
	}
}

// ordered demands that one number is not above another, when both are given. Strings holding numbers count.
func ordered(low, high string) rule {
	return func(c *check, at string, v any) {
		obj := v.(object)
		a, okA := numeric(obj[low])
		b, okB := numeric(obj[high])
		if okA && okB && a > b {
			c.failed(at+"/"+low, "max="+high, "%s must not be greater than %s", low, high)
		}
	}
}

func numeric(v any) (float64, bool) {
	var s string
	switch v := v.(type) {
	case json.Number:
		s = string(v)
	case string:
		s = v
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil
}

func present(v any, names []string) (has []string) {
	obj := v.(object)
	for _, n := range names {
		if _, ok := obj[n]; ok {
			has = append(has, n)
		}
	}
	return has
}

// Words.

func limit[N int | int64](name string, n N) string { return fmt.Sprintf("%s=%d", name, n) }

func pointer(at string, i int) string { return at + "/" + strconv.Itoa(i) }

// lastToken names the property a pointer ends in, or nothing for an item of an array.
func lastToken(at string) string {
	last := at[strings.LastIndex(at, "/")+1:]
	if _, err := strconv.Atoi(last); err == nil {
		return ""
	}
	return last
}
