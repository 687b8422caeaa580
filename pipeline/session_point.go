package pipeline

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// What people bring to a session before it begins.

// OwnPoint is a point that a person added.
type OwnPoint struct {
	// By is a user id, Slot from 1 to OwnPointsEach tells their points apart.
	By   string `json:"-"`
	Slot int    `json:"-"`
	// Words in a line, Subject the key of what it is about, Title its title; both ""
	// for nothing.
	Words   string    `json:"words"`
	Subject string    `json:"subject,omitempty"`
	Title   string    `json:"title,omitempty"`
	At      time.Time `json:"at"`
}

// ID of the point within its session.
func (o OwnPoint) ID() string { return fmt.Sprintf("%s %s %d", PointOwn, o.By, o.Slot) }

// PointAnswer is what a person says to a point before the session.
type PointAnswer struct {
	// Point is the ID of the point, By a user id.
	Point string    `json:"-"`
	By    string    `json:"-"`
	Words string    `json:"words"`
	At    time.Time `json:"at"`
}

// SessionSaid is what people said before a session: points and answers, in any
// order.
type SessionSaid struct {
	Points  []OwnPoint
	Answers []PointAnswer
}

// PointForm is what somebody typed to add a point: nothing checked.
type PointForm struct {
	Words string
	Item  string // a key, "PAY-12", "12" or "O3"; "" for none
}

// PointItem reads which item of the team a point is about: an idea, or a node of its
// tree; neither for none.
func PointItem(typed string, team TeamKey) (idea Key, node NodeKey, err error) {
	if typed = CleanLine(typed); !HasVisible(typed) {
		return Key{}, NodeKey{}, nil
	}
	if node, err = ParseTypedNode(typed); err == nil {
		if node.Team == "" {
			node.Team = team
		}
	} else if idea, err = ParseTypedKey(typed); err == nil && idea.Team == "" {
		idea.Team = team
	}
	complaint := ""
	switch {
	case err != nil:
		complaint = "Write a key such as PAY-12 or PAY-O3, or leave it empty."
	case idea.Team != team && node.Team != team:
		complaint = fmt.Sprintf("Choose something of %s, or leave it empty.", team)
	}
	if complaint != "" {
		return Key{}, NodeKey{}, fieldProblems("point-form", map[Field]string{FieldPointItem: complaint})
	}
	return idea, node, nil
}

// AddPoint makes a point of what somebody typed, or says which fields to correct.
// item is what it is about, nil where the form names nothing; found is false where
// there is no such item.
func AddPoint(policy Policy, p Person, where Where, s Session, said SessionSaid, form PointForm, facts AgendaFacts, now time.Time) (OwnPoint, error) {
	if err := s.mayAdd(policy, p, where); err != nil {
		return OwnPoint{}, err
	}
	taken, mine := map[int]bool{}, 0
	for _, own := range said.Points {
		if own.By == p.ID {
			taken[own.Slot] = true
			mine++
		}
	}
	wrong := map[Field]string{}
	o := OwnPoint{By: p.ID, Slot: 1, Words: checkLine(form.Words, FieldPoint, PointLimit, wrong), At: now}
	for taken[o.Slot] {
		o.Slot++
	}
	switch {
	case o.Words == "":
		wrong[FieldPoint] = "Say in a line what to talk about."
	case mine >= OwnPointsEach:
		wrong[FieldPoint] = fmt.Sprintf("Each person can add %d points to one session, and you have. Take one back first.", OwnPointsEach)
	case len(said.Points) >= OwnPoints:
		wrong[FieldPoint] = fmt.Sprintf("People have added %d points already, and more cannot be talked about in one session. Add it to the next one.", OwnPoints)
	}
	idea, node, err := PointItem(form.Item, s.Team)
	switch {
	case err != nil:
		wrong[FieldPointItem] = "Write a key such as PAY-12 or PAY-O3 of this team, or leave it empty."
	case !idea.IsZero():
		o.Subject = idea.String()
	case !node.IsZero():
		o.Subject = node.String()
	}
	if o.Subject != "" {
		item, known := facts.Item(o.Subject)
		if !known {
			wrong[FieldPointItem] = fmt.Sprintf("There is no %s.", o.Subject)
		}
		o.Title = item.Title
	}
	if err := fieldProblems("point-form", wrong); err != nil {
		return OwnPoint{}, err
	}
	return o, nil
}

// AnswerPoint cleans what somebody says to a point before the session; empty words
// take back what they said.
func AnswerPoint(policy Policy, p Person, where Where, s Session, points []Point, id, words string, now time.Time) (PointAnswer, error) {
	if err := s.mayAdd(policy, p, where); err != nil {
		return PointAnswer{}, err
	}
	if !slices.ContainsFunc(points, func(point Point) bool { return point.ID == id }) {
		return PointAnswer{}, &Problem{
			Code: "point-gone",
			What: "That point is not on the agenda any more.",
			Safe: "Nothing was changed.",
			Next: "Add a point of your own if it is still worth talking about.",
		}
	}
	wrong := map[Field]string{}
	a := PointAnswer{Point: id, By: p.ID, Words: checkLine(words, FieldNote, NoteLimit, wrong), At: now}
	return a, fieldProblems("point-answer", wrong)
}

// TakeBackPoint finds the point that somebody takes back: an own one; a product owner
// any.
func TakeBackPoint(policy Policy, p Person, where Where, s Session, said SessionSaid, id string) (OwnPoint, error) {
	if err := s.mayAdd(policy, p, where); err != nil {
		return OwnPoint{}, err
	}
	at := slices.IndexFunc(said.Points, func(o OwnPoint) bool { return o.ID() == id })
	switch {
	case at < 0:
		return OwnPoint{}, &Problem{Code: "point-gone", What: "That point is not on the agenda any more.", Safe: "Nothing else was changed."}
	case said.Points[at].By != p.ID && !where.Team.OwnedBy(p.ID):
		return OwnPoint{}, &Problem{Code: "not-permitted", What: "A point is taken back by whoever added it, or by a product owner.", Safe: "Nothing was changed."}
	}
	return said.Points[at], nil
}

// mayAdd refuses to bring something to a session that is not planned any more.
func (s Session) mayAdd(policy Policy, p Person, where Where) error {
	if err := mayIn(policy, p, BringPoint, where, s.Team, "A session"); err != nil {
		return err
	}
	if s.Stage == SessionPlanned {
		return nil
	}
	return &Problem{
		Code: "session-" + string(s.Stage),
		What: fmt.Sprintf("The session of %s is %s, so nothing can be added to it before.", ShowDay(s.Day), s.Stage.words()),
		Safe: "Nothing was changed.",
		Next: "Say it in its thread, or add it to the next one.",
	}
}

// SessionPoints are what a session talks about: what people added, the first first,
// then what the agenda finds; an item that people brought is not on it twice. over
// is how many there would have been beside them.
func SessionPoints(said SessionSaid, facts AgendaFacts, now time.Time) (points []Point, over int) {
	own := slices.SortedFunc(slices.Values(said.Points), func(a, b OwnPoint) int {
		if n := a.At.Compare(b.At); n != 0 {
			return n
		}
		return strings.Compare(a.ID(), b.ID())
	})
	over = max(0, len(own)-OwnPoints)
	found, more := Agenda(facts, now)
	brought := map[string]bool{}
	for _, o := range own[:len(own)-over] {
		p := Point{ID: o.ID(), Kind: PointOwn, Subject: o.Subject, Title: o.Title, Words: o.Words, By: o.By}
		if at := slices.IndexFunc(found, func(f Point) bool { return f.Subject == o.Subject }); o.Subject != "" && at >= 0 {
			p.Repairs = found[at].Repairs
			brought[o.Subject] = true
		} else {
			p.Repairs = repairsOf(p)
		}
		points = append(points, p)
	}
	for _, p := range found {
		if !brought[p.Subject] {
			points = append(points, p)
		}
	}
	for i := range points {
		for _, a := range said.Answers {
			if a.Point == points[i].ID && a.Words != "" {
				points[i].Said = append(points[i].Said, PointLine{Words: a.Words, By: a.By, At: a.At})
			}
		}
		slices.SortFunc(points[i].Said, func(a, b PointLine) int {
			if n := a.At.Compare(b.At); n != 0 {
				return n
			}
			return strings.Compare(a.By, b.By)
		})
	}
	return points, over + more
}
