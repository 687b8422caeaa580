package pipeline

import (
	"fmt"
	"slices"
	"time"
)

// RoleQuestion asks the product owners, the developers and the stakeholders of a team
// the same thing: one tap, no names. What is shown is how the answers of each role
// spread; where the roles part, a quarter of an hour of talk is offered.
type RoleQuestion struct {
	Team TeamKey `json:"-"`
	// Number within its team, from 1; given when it is stored.
	Number int `json:"-"`
	// Version counts changes, from 1; answers are not among them.
	Version int64 `json:"-"`
	// Idea it is about: which outcome is it for? Zero: which outcome matters most now?
	Idea  Key    `json:"idea,omitzero"`
	Title string `json:"title,omitempty"`
	// Choices are outcomes of the team, as they were when it was asked. After them
	// comes RoleElse, then RoleUnknown.
	Choices   []RoleChoice `json:"choices"`
	Started   time.Time    `json:"started"`
	StartedBy string       `json:"started_by"`
	// Deadline is the moment from which no answer is taken any more.
	Deadline time.Time `json:"deadline"`
	// Closed is the zero time while it runs. ClosedBy is the user id of who closed it
	// early, "" where the deadline did.
	Closed   time.Time `json:"closed,omitzero"`
	ClosedBy string    `json:"closed_by,omitempty"`
	// Spread of the answers; none while it runs.
	Spread RoleSpread `json:"spread,omitzero"`
}

// RoleChoice is an outcome to choose.
type RoleChoice struct {
	Outcome OutcomeKey `json:"outcome"`
	Words   string     `json:"words"`
}

// TeamRole is what somebody is to a team. It is stored and stays.
type TeamRole string

// The roles. Who is neither a product owner nor one of the developers is a stakeholder.
const (
	RoleOfOwner       TeamRole = "owner"
	RoleOfDeveloper   TeamRole = "developer"
	RoleOfStakeholder TeamRole = "stakeholder"
)

// TeamRoles lists them.
func TeamRoles() []TeamRole { return []TeamRole{RoleOfOwner, RoleOfDeveloper, RoleOfStakeholder} }

// TeamRoleOf is what the user is to the team. A product owner who develops as well is a
// product owner.
func TeamRoleOf(user string, team Team, developers Developers) TeamRole {
	switch {
	case team.OwnedBy(user):
		return RoleOfOwner
	case slices.Contains(developers.People, user):
		return RoleOfDeveloper
	}
	return RoleOfStakeholder
}

// noun names people of the role.
func (r TeamRole) noun() string {
	return map[TeamRole]string{RoleOfOwner: "product owners", RoleOfDeveloper: "developers", RoleOfStakeholder: "stakeholders"}[r]
}

// RoleAnswer is one answer: what the person is to the team, and the place of the choice.
type RoleAnswer struct {
	Role   TeamRole `json:"role"`
	Choice int      `json:"choice"`
}

// RoleForm is what somebody typed to ask: nothing checked.
type RoleForm struct {
	Item string // the key of an idea; "" for none
	Days string // workdays to answer; "" as the team has it for ballots
}

// FieldRoleItem is the input of its form for the key of an idea.
const FieldRoleItem Field = "role-item"

const (
	// RoleChoices is how many outcomes can be chosen from.
	RoleChoices = 6
	// RoleLeast is how many answers of one role are told apart from the others': of
	// two, each would know what the other said.
	RoleLeast = 3
	// RoleMinutes is how long the talk takes that is offered where roles part.
	RoleMinutes = 15
)

// Words of the two choices behind the outcomes.
const (
	RoleElse    = "Another one, or none"
	RoleUnknown = "I do not know"
)

// Options are all choices in words, with their keys.
func (q RoleQuestion) Options() []string {
	var options []string
	for _, c := range q.Choices {
		options = append(options, fmt.Sprintf("%s  %s", c.Outcome, c.Words))
	}
	return append(options, RoleElse, RoleUnknown)
}

// Words are what is asked.
func (q RoleQuestion) Words() string {
	if q.Idea.IsZero() {
		return "Which outcome matters most now?"
	}
	return fmt.Sprintf("Which outcome is %s for?", q.Idea)
}

// AskRoles asks a team by role what somebody chose, or says which fields to correct.
// idea is the one that the form names, nil for none; nodes are those of the team.
func AskRoles(policy Policy, p Person, where Where, form RoleForm, idea *Idea, nodes Nodes, now time.Time) (RoleQuestion, error) {
	if err := mayIn(policy, p, AskRound, where, where.team(), "A question"); err != nil {
		return RoleQuestion{}, err
	}
	wrong := map[Field]string{}
	q := RoleQuestion{Team: where.team(), Started: now, StartedBy: p.ID}
	first := []OutcomeKey{} // what the idea is linked to must be among the choices
	switch typed := CleanLine(form.Item); {
	case typed == "":
	case idea == nil:
		wrong[FieldRoleItem] = "There is no such idea in this team. Write a key such as PAY-12, or leave it empty."
	case idea.Key.Team != q.Team:
		wrong[FieldRoleItem] = fmt.Sprintf("%s belongs to another team. Choose an idea of %s.", idea.Key, q.Team)
	default:
		q.Idea, q.Title = idea.Key, Cut(idea.Title, wallText)
		for _, link := range idea.Outcomes {
			if node, known := nodes.Node(link); known && !node.Closed && !node.Outcome.IsZero() {
				first = append(first, node.Outcome)
			}
		}
	}
	q.Choices = roleChoices(nodes, first)
	if len(q.Choices) < 2 && len(wrong) == 0 {
		return RoleQuestion{}, &Problem{
			Code: "roles-no-choice",
			What: "There are fewer than two open outcomes in this team, so there is nothing to choose from.",
			Safe: "Nothing was asked.",
			Next: "Add outcomes with /outcome add, or ask with /align ask in words of your own.",
		}
	}
	days, mistake := daysToVote(form.Days, *where.Team)
	if mistake != "" {
		wrong[FieldDays] = mistake
	}
	if err := fieldProblems("roles-form", wrong); err != nil {
		return RoleQuestion{}, err
	}
	q.Deadline = deadlineIn(*where.Team, where.Holidays, days, now)
	return q, nil
}

// roleChoices are open outcomes, by their numbers: those that must be among them, then
// product outcomes, the newest first, then others.
func roleChoices(nodes Nodes, first []OutcomeKey) []RoleChoice {
	var open []Outcome
	for _, o := range nodes.Outcomes {
		if o.IsOpen() {
			open = append(open, o)
		}
	}
	rank := func(o Outcome) int {
		switch {
		case slices.Contains(first, o.Key):
			return 0
		case o.Kind == ProductOutcome:
			return 1
		}
		return 2
	}
	slices.SortFunc(open, func(a, b Outcome) int {
		if by := rank(a) - rank(b); by != 0 {
			return by
		}
		return b.Key.Number - a.Key.Number
	})
	open = open[:min(len(open), RoleChoices)]
	slices.SortFunc(open, func(a, b Outcome) int { return a.Key.Number - b.Key.Number })
	var choices []RoleChoice
	for _, o := range open {
		choices = append(choices, RoleChoice{Outcome: o.Key, Words: Cut(o.Statement, wallText)})
	}
	return choices
}

// IsOpen tells whether it is not closed yet.
func (q RoleQuestion) IsOpen() bool { return q.Closed.IsZero() }

// Answerable tells whether answers are taken.
func (q RoleQuestion) Answerable(now time.Time) bool { return q.IsOpen() && now.Before(q.Deadline) }

// CheckRoleAnswer tells whether the person's answer can be taken: the place of the
// choice.
func CheckRoleAnswer(policy Policy, p Person, where Where, q RoleQuestion, choice int, now time.Time) error {
	if err := mayIn(policy, p, AnswerRound, where, q.Team, "A question"); err != nil {
		return err
	}
	if !q.Answerable(now) {
		return &Problem{
			Code: "roles-over",
			What: "The time to answer is over.",
			Safe: "The answers given before that count.",
			Next: "Say it in the thread, where everybody reads it.",
		}
	}
	if choice < 0 || choice >= len(q.Options()) {
		return &Problem{Code: "roles-choice-unknown", What: "That is not among the choices.", Safe: "Nothing was changed.", Next: "Use the buttons under the question."}
	}
	return nil
}

// CloseRoles closes it: early by a person, or at its deadline by nobody, p nil.
func CloseRoles(policy Policy, p *Person, where Where, q RoleQuestion, answers []RoleAnswer, now time.Time) (RoleQuestion, error) {
	switch {
	case !q.IsOpen():
		return q, &Problem{Code: "roles-closed", What: "This is closed already.", Safe: "How the answers spread is shown where it was asked."}
	case p != nil:
		action := CloseAnyRound
		if p.ID == q.StartedBy {
			action = AskRound
		}
		if err := mayIn(policy, *p, action, where, q.Team, "A question"); err != nil {
			return q, err
		}
		q.Closed, q.ClosedBy = now, p.ID
	case now.Before(q.Deadline):
		return q, &Problem{Code: "roles-runs", What: "Its deadline has not come yet.", Safe: "Nothing was changed."}
	default:
		q.Closed = q.Deadline // no answer came in after it, however late somebody looks
	}
	q.Spread = spreadByRole(len(q.Options()), answers)
	return q, nil
}
