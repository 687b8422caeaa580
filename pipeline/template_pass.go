package pipeline

import (
	"math"
	"slices"
	"strings"
)

// passFor lists which rules of a pass each kind of item knows.
var passFor = map[ItemKind][]string{
	KindYesNo:        {"one of"},
	KindChoice:       {"one of"},
	KindNumber:       {"at least", "at most"},
	KindEvidence:     {"at least", "at most", "strength"},
	KindFact:         {"at least", "at most"},
	KindParticipants: {"succeed", "of"},
}

func (c *checker) checkPass(t Template, i int, item Item) {
	at := func(key string) place { return place{item: i, key: key} }
	set := map[string]bool{
		"at least": item.Pass.AtLeast != nil, "at most": item.Pass.AtMost != nil, "one of": len(item.Pass.OneOf) > 0,
		"succeed": item.Pass.Succeed != 0, "of": item.Pass.Of != 0, "strength": item.Pass.Strength != "",
	}
	live := item.Kind == KindEvidence || item.Kind == KindFact
	for _, key := range passKeys {
		switch known := passFor[item.Kind]; {
		case !set[key]:
		case decidedBy(t.Use) != "" && !live:
			c.say(at("pass"), "Only the items of a checklist pass by their answers. %s", decidedBy(t.Use))
		case len(known) == 0:
			c.say(at(key), "The kind %s passes when it is answered.", item.Kind)
		case !slices.Contains(known, key):
			c.say(at(key), "The kind %s does not pass by %s. It does by: %s.", item.Kind, shown(key), strings.Join(known, ", "))
		}
	}
	c.checkBounds(i, item)
	answers := item.Choices
	if item.Kind == KindYesNo {
		answers = []string{"yes", "no", "unsure"}
	}
	for n, answer := range item.Pass.OneOf {
		switch {
		case !slices.Contains(answers, answer) && len(answers) > 0:
			c.say(at("one of"), "%s is not among the answers%s", shown(answer), hint(answer, answers))
		case slices.Contains(item.Pass.OneOf[:n], answer):
			c.say(at("one of"), "The answer %s stands there twice.", shown(answer))
		}
	}
	if strength := item.Pass.Strength; strength != "" && !slices.Contains(Strengths(), strength) {
		c.say(at("strength"), "There is no strength %s%s", shown(string(strength)), hint(string(strength), texts(Strengths())))
	}
	if item.Kind == KindParticipants {
		c.checkSuccess(at, item.Pass)
	}
}

// boundMax keeps bounds within what a number in an answer can be, 12 digits.
const boundMax = 1e12

func (c *checker) checkBounds(i int, item Item) {
	for n, bound := range []*float64{item.Pass.AtLeast, item.Pass.AtMost} {
		key := []string{"at least", "at most"}[n]
		at := place{item: i, key: key}
		switch {
		case bound == nil:
		case math.IsNaN(*bound) || math.Abs(*bound) >= boundMax:
			c.say(at, "%q is a number below %.0f.", key, boundMax)
		case item.Kind == KindNumber:
		case *bound < 0 || *bound != math.Trunc(*bound):
			c.say(at, "%q counts things here, so it is a whole number from 0 on.", key)
		case item.Fact == FactMeasure || strings.HasPrefix(string(item.Fact), ChecklistPassed):
			c.say(at, "The fact %s is there or not; it cannot be counted.", item.Fact)
		}
	}
	least, most := item.Pass.AtLeast, item.Pass.AtMost
	if least != nil && most != nil && *least > *most {
		c.say(place{item: i, key: "at most"}, "Nothing is at least %v and at most %v.", *least, *most)
	}
}

func (c *checker) checkSuccess(at func(string) place, pass PassRule) {
	succeed, of := pass.Succeed, pass.Of
	switch {
	case succeed == 0 && of == 0:
		c.say(at("pass"), "Results of participants need a pass, such as succeed: 3 and of: 5.")
	case succeed == 0:
		c.say(at("succeed"), "How many of %d have to succeed? Add \"succeed\".", of)
	case of == 0:
		c.say(at("of"), "%d have to succeed, of how many? Add \"of\".", succeed)
	case of < 1 || of > ParticipantsMax:
		c.say(at("of"), "\"of\" is 1 to %d participants; this is %d.", ParticipantsMax, of)
	case succeed < 1 || succeed > of:
		c.say(at("succeed"), "\"succeed\" is 1 to %d, the number of participants; this is %d.", of, succeed)
	}
}
