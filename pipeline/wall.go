package pipeline

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"time"
)

// The wall is one message in a team's channel that always says where the team stands:
// what it is after, what it works on, how long that lasts, what is to be decided and
// what was. It changes when something that it shows does, and at most once in
// WallEvery.

// Wall of a team.
type Wall struct {
	Team TeamKey `json:"-"`
	// Version counts changes, from 1; 0 while nobody has ever turned it on.
	Version int64 `json:"-"`
	On      bool  `json:"on,omitempty"`
	// Turned is when it was turned on or off last, and By whom.
	Turned time.Time `json:"turned,omitzero"`
	By     string    `json:"by,omitempty"`
	// Shown is what its message shows, as it was at ShownAt.
	Shown   WallFace  `json:"shown,omitzero"`
	ShownAt time.Time `json:"shown_at,omitzero"`
	// Read is when the newest thing happened that was seen in the team's journal.
	// Ballots are the ideas with a ballot that was begun and not closed until then,
	// those begun last first; Decided are the last decisions, the newest first.
	Read    time.Time      `json:"read,omitzero"`
	Ballots []Key          `json:"ballots,omitempty"`
	Decided []WallDecision `json:"decided,omitempty"`
	// Pinned is when alignbot pinned its message; the zero time while it did not.
	// Refused is Slack's code for why it could not, such as "too_many_pins".
	Pinned  time.Time `json:"pinned,omitzero"`
	Refused string    `json:"refused,omitempty"`
	// Lost is when it was found that somebody had deleted the message; the zero time
	// while it is there. It is not posted again unless somebody asks for it.
	Lost time.Time `json:"lost,omitzero"`
}

// WallFace is what a wall shows.
type WallFace struct {
	Goal     WallGoal       `json:"goal,omitzero"`
	Outcomes []WallLine     `json:"outcomes,omitempty"`
	Now      []WallLine     `json:"now,omitempty"`
	Runway   string         `json:"runway,omitempty"` // a sentence
	Ballots  []WallBallot   `json:"ballots,omitempty"`
	Decided  []WallDecision `json:"decided,omitempty"`
	// How many more there are than are shown.
	MoreOutcomes int `json:"more_outcomes,omitempty"`
	MoreNow      int `json:"more_now,omitempty"`
	MoreBallots  int `json:"more_ballots,omitempty"`
	// Refused is why it is not pinned; "" where it is, or was.
	Refused string `json:"refused,omitempty"`
}

// WallGoal is what a team is after.
type WallGoal struct {
	// Of says whose words they are: WallGoalCanvas or WallGoalSprint.
	Of    string `json:"of"`
	Words string `json:"words"`
}

// Where a goal on a wall comes from.
const (
	WallGoalCanvas = "product goal"
	WallGoalSprint = "sprint goal"
)

// WallLine is an outcome, or an opportunity, on a wall.
type WallLine struct {
	Key   NodeKey `json:"key"`
	Words string  `json:"words"`
	// Number of an outcome, in words, and its Light.
	Number string `json:"number,omitempty"`
	Light  Light  `json:"light,omitempty"`
	// For is the outcome that an opportunity hangs under; zero for none.
	For NodeKey `json:"for,omitzero"`
}

// WallBallot is a ballot that can be voted in.
type WallBallot struct {
	Idea     Key       `json:"idea"`
	Title    string    `json:"title"`
	Deadline time.Time `json:"deadline"`
	// Message that shows it; zero while there is none.
	Message Message `json:"message,omitzero"`
}

// WallDecision is a decision about an idea, or about an outcome.
type WallDecision struct {
	Key   string    `json:"key"` // PAY-12, PAY-O3
	Title string    `json:"title,omitempty"`
	At    time.Time `json:"at"`
	By    string    `json:"by,omitempty"`
	What  What      `json:"what"`
	From  Stage     `json:"from,omitempty"`
	To    Stage     `json:"to,omitempty"`
	About string    `json:"about,omitempty"`
	Why   string    `json:"why,omitempty"`
}

// The limits of a wall.
const (
	// WallEvery is the shortest time between two changes of a wall, and the longest
	// between something happening and the wall saying so.
	WallEvery = time.Minute

	wallOutcomes  = 8
	wallNow       = 6
	wallBallots   = 5
	WallDecisions = 5
	// wallBegun is how many ballots are kept in mind, more than a team has at once.
	wallBegun = 50
	// wallText is how much of a statement or a title is shown, in runes, and
	// wallWords of a goal.
	wallText  = 110
	wallWords = 400
	// wallBack is how far a wall that was just turned on looks back for decisions and
	// for ballots: longer than a ballot can run.
	wallBack = 60 * 24 * time.Hour
	// wallOverlap is how much of the journal is read once more: what was written late.
	wallOverlap = 5 * time.Minute
)

// WallFacts are what a wall is made of.
type WallFacts struct {
	Team Team
	// Canvases that are in use, the newest first.
	Canvases []Canvas
	// Sprint is the team's newest; nil for none.
	Sprint *Sprint
	Nodes  Nodes
	// Load of the Product Backlog, and the team's limits of how long it should last.
	Load  Load
	Rules HealthRules
	// Ballots that can be voted in.
	Ballots []WallBallot
	// Titles of the ideas that were decided on, by key.
	Titles map[Key]string
}

// Face is what the wall is to show.
func (w Wall) Face(facts WallFacts) WallFace {
	face := WallFace{Goal: wallGoal(facts), Runway: wallRunway(facts), Refused: w.Refused}
	outcomes := slices.DeleteFunc(slices.Clone(facts.Nodes.Outcomes), func(o Outcome) bool { return !o.IsOpen() })
	slices.SortFunc(outcomes, func(a, b Outcome) int {
		return cmp.Or(slices.Index(wallKinds, a.Kind)-slices.Index(wallKinds, b.Kind), cmp.Compare(a.Key.Number, b.Key.Number))
	})
	for _, o := range outcomes[:min(len(outcomes), wallOutcomes)] {
		face.Outcomes = append(face.Outcomes, WallLine{Key: o.Key, Words: Cut(o.Statement, wallText), Number: o.NumberInWords(), Light: o.Light})
	}
	face.MoreOutcomes = max(0, len(outcomes)-wallOutcomes)
	for _, o := range facts.Nodes.now() {
		if len(face.Now) == wallNow {
			face.MoreNow++
			continue
		}
		node, _ := facts.Nodes.Node(o.Key)
		face.Now = append(face.Now, WallLine{Key: o.Key, Words: Cut(o.Statement, wallText), For: node.Outcome})
	}
	ballots := slices.Clone(facts.Ballots)
	slices.SortFunc(ballots, func(a, b WallBallot) int {
		return cmp.Or(a.Deadline.Compare(b.Deadline), cmp.Compare(a.Idea.Number, b.Idea.Number))
	})
	shown := min(len(ballots), wallBallots)
	face.MoreBallots = len(ballots) - shown
	for _, b := range ballots[:shown] {
		b.Title = Cut(b.Title, wallText)
		face.Ballots = append(face.Ballots, b)
	}
	for _, d := range w.Decided {
		if key, err := ParseKey(d.Key); err == nil {
			d.Title = Cut(facts.Titles[key], wallText)
		} else if key, err := ParseOutcomeKey(d.Key); err == nil {
			o, _ := facts.Nodes.outcome(key)
			d.Title = Cut(o.Statement, wallText)
		}
		face.Decided = append(face.Decided, d)
	}
	return face
}

// wallKinds is the order of outcomes on a wall.
var wallKinds = []OutcomeKind{BusinessOutcome, ProductOutcome, ""}

// now are the opportunities of the horizon Now that belong to no closed outcome, by
// their numbers.
func (n Nodes) now() []Opportunity {
	var now []Opportunity
	for _, o := range n.Opportunities {
		if node, _ := n.Node(o.Key); o.Horizon == HorizonNow && !node.Closed {
			now = append(now, o)
		}
	}
	slices.SortFunc(now, func(a, b Opportunity) int { return cmp.Compare(a.Key.Number, b.Key.Number) })
	return now
}

// wallGoal is the product goal of the team's newest canvas that has one, else the goal
// of the sprint that runs.
func wallGoal(facts WallFacts) WallGoal {
	for _, c := range facts.Canvases {
		for _, place := range c.Places() {
			if place.Template.Goal && place.Box.Text != "" {
				return WallGoal{Of: WallGoalCanvas, Words: Cut(place.Box.Text, wallWords)}
			}
		}
	}
	if s := facts.Sprint; s != nil && s.IsOpen() && s.Goal != "" {
		return WallGoal{Of: WallGoalSprint, Words: Cut(s.Goal, wallWords)}
	}
	return WallGoal{}
}

// wallRunway says how long the Product Backlog lasts, and whether that is right.
func wallRunway(facts WallFacts) string {
	pace, load := PaceOf(facts.Team, facts.Load.Finished), facts.Load
	s := Supply{Ideas: load.Ideas, Unsized: load.Ideas - load.Sized, At: -1}
	work := load.Points
	if facts.Team.VelocityIdeas {
		work, s.Unsized = load.Ideas, 0
	}
	s.Known = pace.Known() && work > 0
	if !s.Known {
		return Runway(facts.Team, load)
	}
	s.Sprints = float64(work*pace.Sprints) / float64(pace.Work)
	s = s.ready(facts.Rules.limitOf(RuleStarved, 0), facts.Rules.limitOf(RuleOverRefined, 0))
	words := "The Product Backlog holds " + s.Words() + " of work"
	if s.At >= 0 {
		words += ": " + s.Bands[s.At].Name + " (" + s.Bands[s.At].Range + ")"
	} else {
		words += "; right is " + s.Bands[1].Range
	}
	return words + "."
}

// ReadFrom is from when on the team's journal is read for the wall.
func (w Wall) ReadFrom(now time.Time) time.Time {
	if w.Read.IsZero() {
		return now.Add(-wallBack)
	}
	return w.Read.Add(-wallOverlap)
}

// Follow takes note of what happened in the team, the oldest first; some of it may be
// known already.
func (w Wall) Follow(happened []Happening) Wall {
	w.Ballots, w.Decided = slices.Clone(w.Ballots), slices.Clone(w.Decided)
	for _, h := range happened {
		if h.At().After(w.Read) {
			w.Read = h.At()
		}
		e := h.Event
		if key, err := ParseKey(h.Key); err == nil && (e.What == BallotStarted || e.What == BallotClosed) {
			w.Ballots = slices.DeleteFunc(w.Ballots, func(k Key) bool { return k == key })
			if e.What == BallotStarted {
				w.Ballots = slices.Insert(w.Ballots, 0, key)
			}
		}
		d := WallDecision{Key: h.Key, At: e.At, By: e.By, What: e.What, From: e.From, To: e.To, About: e.About, Why: Cut(CleanLine(e.Why), wallText)}
		if decides(e) && !slices.ContainsFunc(w.Decided, d.same) {
			w.Decided = append(w.Decided, d)
		}
	}
	slices.SortStableFunc(w.Decided, func(a, b WallDecision) int { return b.At.Compare(a.At) })
	w.Decided = w.Decided[:min(len(w.Decided), WallDecisions)]
	w.Ballots = w.Ballots[:min(len(w.Ballots), wallBegun)]
	return w
}

// decides tells whether that was a decision: about what is worked on, and about what
// came of it.
func decides(e Event) bool {
	switch e.What {
	case WasMoved:
		return e.To == Backlog || e.To == Learned
	case WasOverridden, WasParked, WasReopened, WasClosed, ChallengeAnswered:
		return true
	}
	return false
}

func (d WallDecision) same(other WallDecision) bool {
	return d.Key == other.Key && d.What == other.What && d.At.Equal(other.At)
}

// Event is the decision as the history of the item has it.
func (d WallDecision) Event() Event {
	return Event{At: d.At, By: d.By, What: d.What, From: d.From, To: d.To, About: d.About, Why: d.Why}
}

// WallStep is what is to be done about a wall after a look at what it shows.
type WallStep string

// The steps.
const (
	WallStands  WallStep = "stands"  // it shows all of it
	WallChanges WallStep = "changes" // it is drawn anew
	WallWaits   WallStep = "waits"   // it is drawn anew later: it was just now
)

// Show decides whether a wall changes, now that this is to be shown.
func (w Wall) Show(face WallFace, now time.Time) (Wall, WallStep) {
	switch {
	case !w.On || !w.Lost.IsZero() || !w.ShownAt.IsZero() && w.Shown.same(face):
		return w, WallStands
	case now.Sub(w.ShownAt) < WallEvery:
		return w, WallWaits
	}
	w.Shown, w.ShownAt = face, now
	return w, WallChanges
}

// same tells whether two faces look alike. What is stored was JSON in between.
func (f WallFace) same(other WallFace) bool {
	a, err := json.Marshal(f)
	b, wrong := json.Marshal(other)
	return err == nil && wrong == nil && bytes.Equal(a, b)
}

// TurnWall turns a team's wall on or off, or has it posted again where it was deleted.
// changed is false where it was so already.
func TurnWall(policy Policy, p Person, where Where, w Wall, on bool, now time.Time) (turned Wall, changed bool, err error) {
	if err := mayIn(policy, p, ChangeTeam, where, w.Team, "A wall"); err != nil {
		return w, false, err
	}
	if w.On == on && (!on || w.Lost.IsZero()) {
		return w, false, nil
	}
	w.On, w.Turned, w.By = on, now, p.ID
	if on {
		if !w.Lost.IsZero() { // a new message has a new face
			w.Shown, w.ShownAt = WallFace{}, time.Time{}
		}
		w.Lost, w.Pinned, w.Refused = time.Time{}, time.Time{}, ""
	}
	return w, true, nil
}

// PinWallAgain has a wall pinned at the next look, where Slack refused it before.
// changed is false where there is nothing to try.
func PinWallAgain(policy Policy, p Person, where Where, w Wall) (again Wall, changed bool, err error) {
	if err := mayIn(policy, p, ChangeTeam, where, w.Team, "A wall"); err != nil {
		return w, false, err
	}
	if !w.On || w.Refused == "" {
		return w, false, nil
	}
	w.Refused = ""
	return w, true, nil
}
