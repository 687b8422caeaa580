package pipeline_test

import (
	"strings"
	"testing"
	"time"

	"alignbot/pipeline"
)

func TestCheckVote(t *testing.T) {
	_, b := aBallot(t, pipeline.BallotForm{Question: pipeline.AskPursue, Level: pipeline.OpenBallot})
	object := func(reason string) pipeline.Vote {
		return pipeline.Vote{Choice: pipeline.ChooseObject, Reason: reason}
	}
	pursue := func(reason string) pipeline.Vote {
		return pipeline.Vote{Choice: pipeline.ChoosePursue, Reason: reason}
	}
	for name, c := range map[string]struct {
		vote   pipeline.Vote
		reason string // kept
		wrong  pipeline.Field
	}{
		"a choice is enough":                 {pursue(""), "", ""},
		"no opinion":                         {pipeline.Vote{Choice: pipeline.ChooseNoOpinion}, "", ""},
		"with a reason":                      {pursue(" It saves\nan hour. "), "It saves an hour.", ""},
		"with a reason nobody sees":          {pursue(" \u200b\u2800 "), "", ""},
		"with 500 characters":                {pursue(strings.Repeat("ü", 500)), strings.Repeat("ü", 500), ""},
		"with 501":                           {pursue(strings.Repeat("ü", 501)), "", pipeline.FieldVoteReason},
		"an objection":                       {object("It breaks\u202e exports."), "It breaks exports.", ""},
		"an objection of three characters":   {object("law"), "law", ""},
		"an objection without a sentence":    {object(""), "", pipeline.FieldVoteReason},
		"an objection of two characters":     {object(" n o "), "", pipeline.FieldVoteReason},
		"an objection that nobody sees":      {object(strings.Repeat("\u200b", 40)), "", pipeline.FieldVoteReason},
		"an objection of accents alone":      {object("a" + strings.Repeat("\u0323\u0308", 20)), "", pipeline.FieldVoteReason},
		"an objection of 10,000 characters":  {object(strings.Repeat("x", 10_000)), "", pipeline.FieldVoteReason},
		"forged markup is kept as it is":     {object("<!channel> <https://a|b>"), "<!channel> <https://a|b>", ""},
		"no choice":                          {pipeline.Vote{}, "", pipeline.FieldChoice},
		"a choice that is not on the ballot": {pipeline.Vote{Choice: "yes"}, "", pipeline.FieldChoice},
	} {
		got, err := pipeline.CheckVote(pipeline.Policy{}, pipeline.Person{ID: "U2"}, pipeline.Where{Team: payments("U1")}, b, c.vote, noon)
		switch wrong := wrongFields(err); {
		case c.wrong != "":
			if len(wrong) != 1 || wrong[0] != c.wrong {
				t.Errorf("%s: %v marks %v", name, err, wrong)
			}
		case err != nil || got.Choice != c.vote.Choice || got.Reason != c.reason:
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestWhoVotesAndUntilWhen(t *testing.T) {
	team, b := aBallot(t, pipeline.BallotForm{Question: pipeline.AskPursue, Level: pipeline.OpenBallot, Quorum: "3"})
	last := b.Deadline.Add(-time.Nanosecond)
	closed := b
	closed.ClosedAt = noon.Add(time.Hour)
	extended := b
	extended.Extended, extended.Deadline = true, b.Deadline.Add(72*time.Hour)
	guests := b
	guests.Electorate = []string{"G1", "U1"}
	member := pipeline.Person{ID: "U2"}
	for name, c := range map[string]struct {
		b         pipeline.Ballot
		who       pipeline.Person
		guests    bool
		inChannel bool
		now       time.Time
		want      string
	}{
		"at once":                              {b, member, false, true, noon, ""},
		"at the last moment":                   {b, member, false, true, last, ""},
		"at the deadline":                      {b, member, false, true, b.Deadline, "voting-over"},
		"in the extended time":                 {extended, member, false, true, b.Deadline, ""},
		"after the extended time":              {extended, member, false, true, extended.Deadline, "voting-over"},
		"after it was closed":                  {closed, member, false, true, noon.Add(time.Hour), "ballot-closed"},
		"who left the channel":                 {b, member, false, false, noon, ""},
		"who came later":                       {b, pipeline.Person{ID: "U7"}, false, true, noon, "not-in-electorate"},
		"who came later, to a closed one":      {closed, pipeline.Person{ID: "U7"}, false, true, noon, "not-in-electorate"},
		"a workspace admin who is not asked":   {b, pipeline.Person{ID: "U7", Admin: true}, false, true, noon, "not-in-electorate"},
		"a product owner":                      {b, pipeline.Person{ID: "U1"}, false, true, noon, ""},
		"who was deactivated":                  {b, pipeline.Person{ID: "U2", Deactivated: true}, false, true, noon, "not-permitted"},
		"who became a guest":                   {b, pipeline.Person{ID: "U2", Guest: true}, false, true, noon, "not-permitted"},
		"a guest who was chosen":               {guests, pipeline.Person{ID: "G1", Guest: true}, true, true, noon, ""},
		"a guest who was not":                  {guests, pipeline.Person{ID: "G2", Guest: true}, true, true, noon, "not-in-electorate"},
		"a guest outside the channel":          {guests, pipeline.Person{ID: "G1", Guest: true}, true, false, noon, "not-permitted"},
		"a guest who is not admitted any more": {guests, pipeline.Person{ID: "G1", Guest: true}, false, true, noon, "not-permitted"},
		"an outsider":                          {b, pipeline.Person{ID: "U2", Outsider: true}, false, true, noon, "not-permitted"},
	} {
		policy, where := pipeline.Policy{Guests: c.guests}, pipeline.Where{Team: &team, InChannel: c.inChannel}
		_, err := pipeline.CheckVote(policy, c.who, where, c.b, pipeline.Vote{Choice: pipeline.ChoosePark}, c.now)
		if got := problemCode(err); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		if got := problemCode(pipeline.CheckWithdrawal(policy, c.who, where, c.b, c.now)); got != c.want {
			t.Errorf("%s takes the vote back: %q, want %q", name, got, c.want)
		}
		if err != nil && c.want != "not-permitted" && (problem(t, err).Safe == "" || problem(t, err).Next == "") {
			t.Errorf("%s: nothing said of what is safe and what is next: %v", name, err)
		}
	}
	private := team
	private.Private = true
	if _, err := pipeline.CheckVote(pipeline.Policy{}, pipeline.Person{ID: "U7"}, pipeline.Where{Team: &private}, b, pipeline.Vote{}, noon); problemCode(err) != "not-permitted" || strings.Contains(err.Error(), "PAY") {
		t.Errorf("outside the private channel: %v", err)
	}
}

func TestTheTimeIsOverButThereMayBeMore(t *testing.T) {
	const more = "you can vote again"
	for name, c := range map[string]struct {
		typed    pipeline.BallotForm
		extended bool
		want     bool
	}{
		"no quorum":          {pipeline.BallotForm{Level: pipeline.OpenBallot}, false, false},
		"a quorum":           {pipeline.BallotForm{Level: pipeline.OpenBallot, Quorum: "50 %"}, false, true},
		"a quorum, extended": {pipeline.BallotForm{Level: pipeline.OpenBallot, Quorum: "50 %"}, true, false},
		"anonymous":          {pipeline.BallotForm{Level: pipeline.Anonymous}, false, true},
	} {
		c.typed.Question = pipeline.AskPursue
		team, b := aBallot(t, c.typed)
		b.Extended = c.extended
		err := pipeline.CheckWithdrawal(pipeline.Policy{}, pipeline.Person{ID: "U2"}, pipeline.Where{Team: &team}, b, b.Deadline)
		if got := strings.Contains(problem(t, err).Next, more); got != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}
