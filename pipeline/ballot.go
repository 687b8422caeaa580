package pipeline

import (
	"fmt"
	"slices"
	"strconv"
	"time"
)

// Ballot asks an electorate what should become of an idea. Votes advise; what
// becomes of the idea is a product owner's decision.
type Ballot struct {
	Idea Key
	// ID is the ballot's number within its idea, from 1; given when it is stored.
	ID       int
	Question BallotQuestion
	// Outcome that the idea is to serve; zero while it has none.
	Outcome OutcomeKey
	Level   Confidentiality
	// Electorate are the user ids of all who may vote, as they were at the
	// start, sorted. Who leaves later stays in it, with the vote they cast.
	Electorate []string
	// Guests were chosen to vote.
	Guests    bool
	Started   time.Time
	StartedBy string
	// Days is how many workdays there are to vote, and again once more when it
	// is extended.
	Days int
	// Deadline is the moment from which no vote is taken any more.
	Deadline time.Time
	Quorum   Quorum
	Rule     VoteRule
	// ShowResults while the ballot runs; else they are hidden until it closes.
	ShowResults bool
	// Extended: the first deadline missed the quorum.
	Extended bool
	// ClosedAt is the zero time while the ballot runs. ClosedBy is the user id of
	// who closed it early, "" where the deadline did.
	ClosedAt time.Time
	ClosedBy string
	// Result is nil while the ballot runs.
	Result *Result
	// Version counts changes, from 1; votes are not among them.
	Version int64
}

// BallotQuestion is what a ballot proposes.
type BallotQuestion string

// The questions.
const (
	AskPursue BallotQuestion = "pursue" // an idea of the pipeline: pursue or park it
	AskPark   BallotQuestion = "park"   // an idea of the pipeline
	AskReopen BallotQuestion = "reopen" // a parked idea
)

// BallotQuestions lists them.
func BallotQuestions() []BallotQuestion { return []BallotQuestion{AskPursue, AskPark, AskReopen} }

// Approving is the choice that is for what the question proposes.
func (q BallotQuestion) Approving() Choice {
	if q == AskPark {
		return ChoosePark
	}
	return ChoosePursue
}

// fits tells whether the question can be asked of an idea in that stage.
func (q BallotQuestion) fits(s Stage) bool {
	switch q {
	case AskPursue:
		return s != Parked && s != Delivered && s != Learned
	case AskPark:
		return s != Parked
	case AskReopen:
		return s == Parked
	}
	return false
}

// QuestionsAt lists the questions that can be asked of an idea in that stage.
func QuestionsAt(s Stage) []BallotQuestion {
	return slices.DeleteFunc(BallotQuestions(), func(q BallotQuestion) bool { return !q.fits(s) })
}

// Confidentiality is who learns who voted what.
type Confidentiality string

// The levels.
const (
	OpenBallot   Confidentiality = "open"
	Confidential Confidentiality = "confidential"
	Anonymous    Confidentiality = "anonymous"
)

// Confidentialities lists the levels.
func Confidentialities() []Confidentiality {
	return []Confidentiality{OpenBallot, Confidential, Anonymous}
}

// AnonymousLeast is the number of votes under which an anonymous ballot shows
// nothing but how many there are.
const AnonymousLeast = 4

// Promise is what the level keeps from whom, to be printed on the ballot.
func (c Confidentiality) Promise() string {
	switch c {
	case OpenBallot:
		return "Open: the result shows who voted what, and why."
	case Confidential:
		return "Confidential: the result shows no names. Workspace admins can look up who voted what after the close, and that they did is recorded."
	case Anonymous:
		return fmt.Sprintf("Anonymous: after the close nobody can look up who voted what, admins included. Nothing is shown under %d votes. If all voted the same, the result says so.", AnonymousLeast)
	}
	return ""
}

// BallotForm is what somebody typed to start a ballot: nothing checked.
type BallotForm struct {
	Question    BallotQuestion
	Outcome     OutcomeKey // zero for the idea's primary one
	Level       Confidentiality
	Guests      bool
	Days        string // workdays; "" as the team has it
	Quorum      string // "5", "50 %", "" for none
	Approve     string // with Object the rule; both "" for none
	Object      string // "" beside Approve is 0
	ShowResults bool
}

// The inputs of the ballot form.
const (
	FieldQuestion    Field = "question"
	FieldOutcome     Field = "outcome"
	FieldLevel       Field = "level"
	FieldElectorate  Field = "electorate"
	FieldGuests      Field = "guests"
	FieldDays        Field = "days"
	FieldQuorum      Field = "quorum"
	FieldApprove     Field = "approve"
	FieldObject      Field = "object"
	FieldShowResults Field = "show-results"
)

// What happens to an idea with a ballot.
const (
	BallotStarted What = "ballot started" // About names the question
	BallotClosed  What = "ballot closed"  // Why is the result
	BallotAudited What = "ballot audited" // an admin looked up who voted what
)

// How long there is to vote, in workdays.
const (
	BallotDaysMax     = 20
	defaultBallotDays = 3
)

// electorateLeast: what a single person thinks is no vote.
const electorateLeast = 2

// DefaultBallot is what the form starts with.
func DefaultBallot(team Team, idea Idea) BallotForm {
	form := BallotForm{Question: AskPursue, Level: OpenBallot, Days: strconv.Itoa(team.DaysToVote())}
	switch {
	case AskReopen.fits(idea.Stage):
		form.Question = AskReopen
	case !AskPursue.fits(idea.Stage):
		form.Question = AskPark
	}
	if len(idea.Outcomes) > 0 {
		form.Outcome = idea.Outcomes[0]
	}
	return form
}

// StartBallot makes a ballot on the idea of what somebody typed, or says which
// fields to correct. where names the idea's team; electorate are the people
// chosen, whoever can vote or not, see NewElectorate. Of a private team they are
// to be people of its channel. running: a ballot on the idea runs already. The
// ballot's number and version are given when it is stored.
func StartBallot(policy Policy, p Person, where Where, idea Idea, typed BallotForm, electorate []Person, running bool, now time.Time) (Ballot, error) {
	if err := mayBallot(policy, p, StartABallot, where, idea.Key); err != nil {
		return Ballot{}, err
	}
	switch {
	case !idea.Withdrawn.IsZero():
		return Ballot{}, whileWithdrawn(idea, "voted on")
	case running:
		return Ballot{}, &Problem{
			Code: "ballot-running",
			What: fmt.Sprintf("A ballot on %s is running already.", idea.Key),
			Safe: "It goes on, and every vote in it counts.",
			Next: "Vote in that one, or close it first.",
		}
	}
	wrong := map[Field]string{}
	ids, _ := NewElectorate(electorate, typed.Guests)
	b := Ballot{
		Idea: idea.Key, Question: typed.Question, Level: typed.Level,
		Electorate: ids, Guests: typed.Guests, ShowResults: typed.ShowResults,
		Started: now, StartedBy: p.ID,
	}
	if mistake := questionMistake(typed.Question, idea); mistake != "" {
		wrong[FieldQuestion] = mistake
	}
	if !slices.Contains(Confidentialities(), typed.Level) {
		wrong[FieldLevel] = "Choose who learns who voted what."
	}
	b.Outcome = typed.Outcome
	if b.Outcome.IsZero() && len(idea.Outcomes) > 0 {
		b.Outcome = idea.Outcomes[0]
	}
	if !b.Outcome.IsZero() && !slices.Contains(idea.Outcomes, b.Outcome) {
		wrong[FieldOutcome] = fmt.Sprintf("%s is not linked to %s. Choose one of its outcomes.", idea.Key, b.Outcome)
	}
	if typed.Guests && !policy.Guests {
		wrong[FieldGuests] = "alignbot is not open to guests here, so they cannot vote."
	}
	if typed.ShowResults && typed.Level == Anonymous {
		wrong[FieldShowResults] = "An anonymous ballot shows nothing before it closes: whoever watched the counts could tell who had just voted what."
	}
	if mistake := electorateMistake(len(ids), typed.Level); mistake != "" {
		wrong[FieldElectorate] = mistake
	}
	var mistake string
	if b.Days, mistake = daysToVote(typed.Days, *where.Team); mistake != "" {
		wrong[FieldDays] = mistake
	}
	if b.Quorum, mistake = quorumOf(typed.Quorum, len(ids)); mistake != "" {
		wrong[FieldQuorum] = mistake
	}
	b.Rule = ruleOf(typed, len(ids), wrong)
	if err := fieldProblems("ballot-form", wrong); err != nil {
		return Ballot{}, err
	}
	b.Deadline = deadlineIn(*where.Team, where.Holidays, b.Days, now)
	return b, nil
}

// remindAfter is the share of the time to vote, in percent, after which those
// who have not voted are reminded.
const remindAfter = 80

// RemindAt is when those who have not voted are reminded, once: after 80 % of the
// time from the start to the deadline, the extended one where there is one.
func (b Ballot) RemindAt() time.Time {
	return b.Started.Add(b.Deadline.Sub(b.Started) / 100 * remindAfter)
}

// mayBallot refuses whom the permission table does, and what belongs to another
// team.
func mayBallot(policy Policy, p Person, action Action, where Where, idea Key) error {
	if where.Team == nil || where.Team.Key != idea.Team {
		return &Problem{
			Code: "not-permitted",
			What: "An idea is voted on in its own team.",
			Safe: "Nothing was changed.",
		}
	}
	if may := May(policy, p, action, where); !may.OK {
		return &Problem{Code: "not-permitted", What: may.Reason}
	}
	return nil
}

func questionMistake(q BallotQuestion, idea Idea) string {
	switch {
	case !slices.Contains(BallotQuestions(), q):
		return "Choose what to ask."
	case q.fits(idea.Stage):
		return ""
	case idea.Stage == Parked:
		return fmt.Sprintf("%s is parked. Ask whether to reopen it.", idea.Key)
	case q == AskReopen:
		return fmt.Sprintf("%s is not parked. Ask whether to pursue it or to park it.", idea.Key)
	}
	return fmt.Sprintf("%s is %s already. Ask whether to park it.", idea.Key, inStage(idea.Stage))
}

func electorateMistake(n int, level Confidentiality) string {
	switch {
	case n < electorateLeast:
		return "A ballot needs at least two people who can vote. Bots, deactivated people and people of other organisations cannot, and guests only where they are chosen."
	case n > ElectorateLimit:
		return fmt.Sprintf("At most %d people can vote; these are %d. Choose a user group.", ElectorateLimit, n)
	case level == Anonymous && n < AnonymousLeast:
		return fmt.Sprintf("An anonymous ballot shows nothing under %d votes, and these are %d people. Ask more people, or make it confidential.", AnonymousLeast, n)
	}
	return ""
}

func daysToVote(typed string, team Team) (days int, mistake string) {
	if typed = CleanLine(typed); !HasVisible(typed) {
		return team.DaysToVote(), ""
	}
	days, ok := wholeNumber(typed)
	if !ok || days < 1 || days > BallotDaysMax {
		return 0, fmt.Sprintf("A whole number of workdays from 1 to %d.", BallotDaysMax)
	}
	return days, ""
}

func quorumOf(typed string, electorate int) (q Quorum, mistake string) {
	q, ok := ParseQuorum(typed)
	switch {
	case !ok:
		return q, "Write a number of people, such as 5, or a share, such as 50 %."
	case q.Of(electorate) > electorate:
		return q, fmt.Sprintf("Only %s can vote.", amount(electorate, "person", "people"))
	}
	return q, ""
}

// ruleOf reads the rule and puts down what is wrong with it.
func ruleOf(typed BallotForm, electorate int, wrong map[Field]string) VoteRule {
	approve, object := CleanLine(typed.Approve), CleanLine(typed.Object)
	if !HasVisible(approve) {
		if HasVisible(object) {
			wrong[FieldApprove] = "Say how many have to approve, or leave both empty."
		}
		return VoteRule{}
	}
	var rule VoteRule
	var ok bool
	switch rule.Approve, ok = wholeNumber(approve); {
	case !ok || rule.Approve < 1:
		wrong[FieldApprove] = "A whole number of people, at least 1."
	case rule.Approve > electorate:
		wrong[FieldApprove] = fmt.Sprintf("Only %s can vote.", amount(electorate, "person", "people"))
	}
	if !HasVisible(object) {
		return rule
	}
	switch rule.Object, ok = wholeNumber(object); {
	case !ok:
		wrong[FieldObject] = "A whole number of people, or nothing for none."
	case rule.Object > electorate:
		wrong[FieldObject] = fmt.Sprintf("Only %s can vote.", amount(electorate, "person", "people"))
	}
	return rule
}

// wholeNumber reads a number without a sign.
func wholeNumber(typed string) (int, bool) {
	n, err := strconv.ParseUint(typed, 10, 31)
	return int(n), err == nil
}
