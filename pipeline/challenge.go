package pipeline

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"fmt"
	"slices"
	"time"
)

// Challenge is what was asked about one idea in the Product Backlog: is this the
// best use of our time? One question is open at most, and whoever asks while it is
// joins it. Its product owners answer.
type Challenge struct {
	Team TeamKey `json:"-"`
	// Idea is the idea's number within its team.
	Idea int `json:"-"`
	// Version counts changes, from 1; what people ask is not among them.
	Version int64 `json:"-"`
	// Times is how many questions there were, the open one among them.
	Times int `json:"times"`
	// Open: a question waits for its answer. It was Opened then, the answer is asked
	// for by Deadline. Opened in confidence, it was within the hour that follows.
	Open     bool      `json:"open,omitempty"`
	Opened   time.Time `json:"opened,omitzero"`
	Deadline time.Time `json:"deadline,omitzero"`
	// Reminded is when the product owners were told that the deadline had passed;
	// the zero time before.
	Reminded time.Time `json:"reminded,omitzero"`
	// Answers to the questions before, the newest last, at most
	// ChallengeAnswersKept. The history of the idea has them all.
	Answers []ChallengeAnswer `json:"answers,omitempty"`
}

// ChallengeAsk is one person who asks.
type ChallengeAsk struct {
	// By is a user id, "" in confidence. Then At is the zero time.
	By  string    `json:"by,omitempty"`
	At  time.Time `json:"at,omitzero"`
	Why string    `json:"why"` // in a line
}

// ChallengeAnswer is how a question ended.
type ChallengeAnswer struct {
	// Number of the question, from 1.
	Number  int              `json:"number"`
	Verdict ChallengeVerdict `json:"verdict"`
	Words   string           `json:"words,omitempty"` // in a line
	// By is the user id of the product owner who answered, "" where the idea left
	// the Product Backlog before anybody did.
	By string    `json:"by,omitempty"`
	At time.Time `json:"at,omitzero"`
	// Opened and Deadline of the question.
	Opened   time.Time `json:"opened,omitzero"`
	Deadline time.Time `json:"deadline,omitzero"`
	// Asked is how many people asked it; Asks are those whose words are kept, at most
	// ChallengeAsksKept.
	Asked int            `json:"asked"`
	Asks  []ChallengeAsk `json:"asks,omitempty"`
}

// ChallengeVerdict is what an answer comes to.
type ChallengeVerdict string

// The verdicts. ChallengeGone is nobody's: the idea left the Product Backlog before
// an answer.
const (
	ChallengeKeep      ChallengeVerdict = "keep"
	ChallengeChange    ChallengeVerdict = "change"
	ChallengeDiscovery ChallengeVerdict = "discovery"
	ChallengePark      ChallengeVerdict = "park"
	ChallengeGone      ChallengeVerdict = "gone"
)

// ChallengeVerdicts lists those that somebody can answer with.
func ChallengeVerdicts() []ChallengeVerdict {
	return []ChallengeVerdict{ChallengeKeep, ChallengeChange, ChallengeDiscovery, ChallengePark}
}

// InWords is the verdict as an answer begins with it: "Keep it".
func (v ChallengeVerdict) InWords() string {
	switch v {
	case ChallengeKeep:
		return "Keep it"
	case ChallengeChange:
		return "Change it"
	case ChallengeDiscovery:
		return "Take it back to discovery"
	case ChallengePark:
		return "Park it"
	}
	return "It left the Product Backlog before an answer"
}

// LeadsTo is the stage that the idea is still to be moved to when the answer is
// stored; "" where it stays.
func (v ChallengeVerdict) LeadsTo() Stage {
	switch v {
	case ChallengeDiscovery:
		return Discovery
	case ChallengePark:
		return Parked
	}
	return ""
}

// What happens to an idea that is challenged, beside what history.go lists.
const (
	// WasChallenged: somebody asked first; nobody's deed where in confidence.
	WasChallenged What = "challenged"
	// ChallengeAnswered: About says what becomes of it.
	ChallengeAnswered What = "challenge answered"
)

// The inputs of the forms of a challenge, beside FieldWhy, FieldDays and FieldNote.
const (
	FieldNaming  Field = "naming"
	FieldVerdict Field = "verdict"
)

// The limits of challenges.
const (
	// ChallengeDays is how many workdays product owners have to answer where nothing
	// else is chosen.
	ChallengeDays        = 3
	ChallengeAnswersKept = 10
	ChallengeAsksKept    = 20
)

// ChallengeForm is what somebody typed to ask: nothing checked.
type ChallengeForm struct {
	Why    string
	Naming ChallengeNaming
	// Days are workdays until the answer is asked for, "" for ChallengeDays. Who joins
	// an open question keeps its deadline.
	Days string
}

// ChallengeNaming is whether it is told who asks. Whoever asks chooses it each time:
// what was told once cannot be taken back.
type ChallengeNaming string

// The ways to ask.
const (
	ChallengeNamed        ChallengeNaming = "named"
	ChallengeInConfidence ChallengeNaming = "confidential"
)

// Key of the idea that is challenged.
func (c Challenge) Key() Key { return Key{Team: c.Team, Number: c.Idea} }

// Stands tells whether the question is open for the idea as it is now: asked by so
// many people, and the idea in the Product Backlog all the time since.
func (c Challenge) Stands(idea Idea, asked int) bool {
	return c.Open && asked > 0 && standsInBacklog(idea) && !idea.Staged.After(c.Opened)
}

func standsInBacklog(idea Idea) bool { return idea.Stage == Backlog && idea.Withdrawn.IsZero() }

// Joined tells whether who asks now joins the open question; that nobody asks it at
// the moment, as when all have taken it back, matters only when its deadline has come.
func (c Challenge) Joined(idea Idea, asked int, now time.Time) bool {
	return c.Stands(idea, max(asked, 1)) && (asked > 0 || now.Before(c.Deadline))
}

// Answer to a question by its number; nil where none is kept.
func (c Challenge) Answer(number int) *ChallengeAnswer {
	for i := range c.Answers {
		if c.Answers[i].Number == number {
			return &c.Answers[i]
		}
	}
	return nil
}

// Unanswered tells whether the deadline of an open question has passed.
func (c Challenge) Unanswered(now time.Time) bool { return c.Open && !now.Before(c.Deadline) }

// Answerers are those of a team's product owners who can answer at the moment, in
// the team's order.
func Answerers(policy Policy, team Team, people []Person) []string {
	return ownersWhoMay(policy, team, people, AnswerChallenge)
}

// AskChallenge asks whether an idea is the best use of the team's time, or joins
// those who do: c is what is stored, asks are those who ask already, owners the
// team's product owners. It gives the challenge with the question open, and what
// the person says. opens tells that it was not open before.
func AskChallenge(policy Policy, p Person, where Where, idea Idea, c Challenge, asks []ChallengeAsk, owners []Person, form ChallengeForm, now time.Time) (asked Challenge, ask ChallengeAsk, opens bool, err error) {
	fail := func(err error) (Challenge, ChallengeAsk, bool, error) { return c, ChallengeAsk{}, false, err }
	if problem := barred(policy, p, where, idea, ChallengeIdea, "challenged"); problem != nil {
		return fail(problem)
	}
	if idea.Stage != Backlog {
		return fail(notInBacklog(idea))
	}
	team := *where.Team
	who := Answerers(policy, team, owners)
	switch others := slices.DeleteFunc(slices.Clone(who), func(id string) bool { return id == p.ID }); {
	case len(who) == 0:
		return fail(&Problem{
			Code: "no-owner-reached",
			What: fmt.Sprintf("None of the product owners of %s can be reached at the moment: their accounts are not active.", team.Name),
			Safe: "Nothing was asked.",
			Next: "A workspace admin can choose another product owner with /align settings in the team's channel.",
		})
	case len(others) == 0:
		return fail(&Problem{
			Code: "own-challenge",
			What: "You are the only product owner who could answer, so the question would come back to you.",
			Safe: "Nothing was asked.",
			Next: fmt.Sprintf("Ask the team with a ballot, or decide: park %s, or send it back to discovery.", idea.Key),
		})
	}
	wrong := map[Field]string{}
	ask = ChallengeAsk{Why: checkLine(form.Why, FieldWhy, ReasonLimit, wrong)}
	if ask.Why == "" {
		wrong[FieldWhy] = "Say in a line why you doubt it."
	}
	switch form.Naming {
	case ChallengeNamed:
		ask.By, ask.At = p.ID, now
	case ChallengeInConfidence:
	default:
		wrong[FieldNaming] = "Choose whether it is told that you ask."
	}
	asked = Challenge{Team: idea.Key.Team, Idea: idea.Key.Number, Version: c.Version, Times: c.Times, Answers: c.Answers}
	switch {
	case c.Joined(idea, len(asks), now):
		asked = c
	case c.Open && len(asks) > 0:
		asked = c.end(ChallengeAnswer{Verdict: ChallengeGone, At: now}, asks)
		fallthrough
	default:
		opens = true
		days, mistake := ChallengeDays, ""
		if HasVisible(form.Days) {
			days, mistake = daysToVote(form.Days, team)
		}
		if mistake != "" {
			wrong[FieldDays] = mistake
		}
		asked.Times, asked.Open, asked.Opened, asked.Reminded = asked.Times+1, true, now, time.Time{}
		if ask.By == "" {
			asked.Opened = latest(now.Truncate(challengeHour), idea.Staged)
		}
		asked.Deadline = deadlineIn(team, where.Holidays, days, now)
	}
	if err := fieldProblems("challenge-form", wrong); err != nil {
		return fail(err)
	}
	return asked, ask, opens, nil
}

// notInBacklog is said of an idea that is not in the Product Backlog, or not any more.
func notInBacklog(idea Idea) *Problem {
	return &Problem{
		Code: "not-in-backlog",
		What: fmt.Sprintf("%s is %s; this is asked of ideas in the Product Backlog.", idea.Key, inStage(idea.Stage)),
		Safe: "Nothing was changed.",
		Next: "Reply in its thread instead, or add what you know to it as evidence.",
	}
}

// challengeHour is how exactly it is kept when a question was opened in confidence:
// to the moment, it would tell who asks to whoever knows what else happened then.
const challengeHour = time.Hour

// ChallengeOpened is the line for the idea's history when somebody asks first. It
// does not say who asks in confidence, nor what is asked: that can be taken back.
func ChallengeOpened(c Challenge, ask ChallengeAsk) Event {
	return Event{At: c.Opened, By: ask.By, What: WasChallenged}
}

// end closes the open question with that answer.
func (c Challenge) end(answer ChallengeAnswer, asks []ChallengeAsk) Challenge {
	asks = OrderAsks(c, asks)
	answer.Number, answer.Opened, answer.Deadline, answer.Asked = c.Times, c.Opened, c.Deadline, len(asks)
	answer.Asks = asks[:min(len(asks), ChallengeAsksKept)]
	c.Answers = append(slices.Clone(c.Answers), answer)
	c.Answers = c.Answers[max(0, len(c.Answers)-ChallengeAnswersKept):]
	c.Open, c.Opened, c.Deadline, c.Reminded = false, time.Time{}, time.Time{}, time.Time{}
	return c
}

// OrderAsks puts those with a name first, in the order in which they asked; the
// others follow in an order that tells neither who nor when.
func OrderAsks(c Challenge, asks []ChallengeAsk) []ChallengeAsk {
	place := func(a ChallengeAsk) []byte {
		sum := sha256.Sum256(fmt.Appendf(nil, "%s/%d/%s", c.Key(), c.Times, a.Why))
		return sum[:]
	}
	ordered := slices.Clone(asks)
	slices.SortFunc(ordered, func(a, b ChallengeAsk) int {
		switch {
		case a.By != "" && b.By != "":
			return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.By, b.By))
		case a.By != "":
			return -1
		case b.By != "":
			return 1
		}
		return bytes.Compare(place(a), place(b))
	})
	return ordered
}
