package commands

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/slacksim/blockkit"
	"alignbot/storage"
)

// wallApp knows everybody by the name in the words.
func wallApp(w words) *App {
	return &App{Slack: viewApp.Slack, Lookup: func(context.Context, string) (pipeline.Person, error) { return pipeline.Person{Name: w.who}, nil }}
}

// drawnWall is a wall that shows as much as one can.
func drawnWall(w words) pipeline.Wall {
	text := pipeline.Cut(pipeline.CleanLine(w.text), 110)
	face := pipeline.WallFace{
		Goal: pipeline.WallGoal{Of: pipeline.WallGoalCanvas, Words: pipeline.Cut(w.text, 400)}, MoreOutcomes: 12, MoreNow: 1, MoreBallots: 2,
		Runway: "The Product Backlog holds 4.2 sprints of work: right (3 to 6 sprints).",
	}
	for n := range 8 {
		face.Outcomes = append(face.Outcomes, pipeline.WallLine{
			Key: pipeline.NodeKey{Team: "PAY", Number: n + 1}, Words: text, Number: "120 " + pipeline.Cut(text, 30) + ", target 80", Light: pipeline.Lights()[n%3],
		})
	}
	for n := range 6 {
		face.Now = append(face.Now, pipeline.WallLine{Key: pipeline.NodeKey{Team: "PAY", Kind: pipeline.OpportunityNode, Number: n + 1}, Words: text, For: pipeline.NodeKey{Team: "PAY", Number: 3}})
	}
	for n := range 5 {
		face.Ballots = append(face.Ballots, pipeline.WallBallot{
			Idea: pipeline.Key{Team: "PAY", Number: n + 1}, Title: pipeline.Cut(w.title, 110), Deadline: drawnAt.Add(time.Hour), Message: pipeline.Message{Channel: "C1", TS: "1700000000.000100"},
		})
		face.Decided = append(face.Decided, pipeline.WallDecision{
			Key: "PAY-12", Title: pipeline.Cut(w.title, 110), At: drawnAt, By: "U1", What: pipeline.WasParked, To: pipeline.Parked, About: "not now", Why: text,
		})
	}
	return pipeline.Wall{Team: "PAY", On: true, Turned: drawnAt, By: "U1", Shown: face, ShownAt: drawnAt, Pinned: drawnAt}
}

// drawnRoles is a question by role with long words.
func drawnRoles(w words) pipeline.RoleQuestion {
	q := pipeline.RoleQuestion{
		Team: "PAY", Number: 3, Idea: pipeline.Key{Team: "PAY", Number: 12}, Title: pipeline.Cut(w.title, 110), Started: drawnAt, StartedBy: "U1", Deadline: drawnAt.Add(time.Hour),
	}
	for n := range pipeline.RoleChoices {
		q.Choices = append(q.Choices, pipeline.RoleChoice{Outcome: pipeline.NodeKey{Team: "PAY", Number: n + 1}, Words: pipeline.Cut(pipeline.CleanLine(w.text), 110)})
	}
	return q
}

// wallDrawings are the views of walls, of the alignment probe and of questions by role.
func wallDrawings(w words) map[string]any {
	app, ctx := wallApp(w), context.Background()
	team, wall, q := drawnTeam(w), drawnWall(w), drawnRoles(w)
	off, refused, lost := wall, wall, wall
	off.On = false
	refused.Pinned, refused.Refused = time.Time{}, "not_in_channel"
	refused.Shown.Refused = refused.Refused
	lost.Lost = drawnAt
	told := func(w pipeline.Wall, takenOff bool, face *pipeline.WallFace) Post {
		state := storage.WallState{Wall: w, Message: pipeline.Message{Channel: "C1", TS: "1700000000.000100"}}
		return *shownWall{app: app, team: team, state: state, mayTurn: true, takenOff: takenOff, face: face}.post(ctx)
	}
	idea := drawnIdea(w, pipeline.Backlog)
	outcomes := drawnOutcomes(w)
	idea.Outcomes = []pipeline.NodeKey{outcomes[0].Key}
	nodes := pipeline.Nodes{Outcomes: outcomes}
	chain := pipeline.Why(idea, nodes, time.Time{}, drawnAt)
	probe := pipeline.ProbeQuestion{Idea: idea.Key, Title: idea.Title, Week: "2026-11-23"}
	for _, c := range q.Choices[:4] {
		probe.Choices = append(probe.Choices, pipeline.ProbeChoice(c))
	}
	closed := q
	closed.Closed = drawnAt
	closed.Spread = pipeline.RoleSpread{Answers: 9, Groups: []pipeline.RoleGroup{
		{Roles: []pipeline.TeamRole{pipeline.RoleOfOwner, pipeline.RoleOfStakeholder}, Counts: []int{3, 0, 0, 0, 0, 0, 1, 1}},
		{Roles: []pipeline.TeamRole{pipeline.RoleOfDeveloper}, Counts: []int{0, 3, 1, 0, 0, 0, 0, 0}},
	}}
	few := closed
	few.Spread = pipeline.RoleSpread{Answers: 3}
	purpose := pipeline.Cut("for “"+pipeline.CleanLine(w.text)+"” (PAY-O3)", pipeline.ChainLineLimit)
	in := pipeline.NudgeSettings{Probe: []pipeline.TeamKey{team.Key}}
	return map[string]any{
		"wall":              app.wallPost(ctx, team, wall),
		"wall_off":          app.wallPost(ctx, team, off),
		"wall_refused":      app.wallPost(ctx, team, refused),
		"wall_empty":        app.wallPost(ctx, team, pipeline.Wall{On: true, ShownAt: drawnAt, Shown: pipeline.WallFace{Runway: "The Product Backlog is empty."}}),
		"wall_told_on":      told(wall, true, nil),
		"wall_told_off":     told(off, false, &wall.Shown),
		"wall_told_refused": told(refused, false, nil),
		"wall_told_lost":    told(lost, false, nil),
		"wall_lost":         app.wallTrouble(team, wallLost, ""),
		"wall_not_pinned":   app.wallTrouble(team, wallRefused, "too_many_pins"),
		"probe_form":        probeForm(metadata{Idea: "PAY-12", Channel: "C1"}, probe),
		"probe_right":       probeAnswered(metadata{Idea: "PAY-12"}, chain, idea, pipeline.ProbeRight, true),
		"probe_other":       probeAnswered(metadata{Idea: "PAY-12"}, chain, idea, pipeline.ProbeOther, false),
		"probe_in":          Post{Text: "Alignment probe", Blocks: append(probeBlocks(in, team), probeThing(probe).block())},
		"probe_out":         Post{Text: "Alignment probe", Blocks: probeBlocks(pipeline.NudgeSettings{}, team)},
		"roles_form":        rolesForm(metadata{Team: "PAY", Channel: "C1"}, team, false),
		"roles":             rolesPost(storage.RoleQuestionState{Question: q, Answers: make([]pipeline.RoleAnswer, 3)}, w.who, ""),
		"roles_closed":      rolesPost(storage.RoleQuestionState{Question: closed}, w.who, purpose),
		"roles_few":         rolesPost(storage.RoleQuestionState{Question: few}, w.who, ""),
		"roles_agenda":      rolesAgenda(closed),
	}
}

// What stands in a channel pings nobody, whatever it tells.
func TestAWallPingsNobody(t *testing.T) {
	for _, w := range kinds {
		for name, post := range map[string]Post{"a wall": wallApp(w).wallPost(t.Context(), drawnTeam(w), drawnWall(w)), "a question": rolesPost(storage.RoleQuestionState{Question: drawnRoles(w)}, w.who, "")} {
			if live := alive(encode(t, post)); strings.Contains(live, "U1") || strings.Contains(live, "channel>") {
				t.Errorf("%s in %s words: %s", name, w.name, live)
			}
		}
	}
}

// A wall is kept current whatever people typed: what grows when it is escaped, too, fits
// into its message.
func TestAWallOfAwkwardWordsFits(t *testing.T) {
	for _, r := range []string{"&", "<", "👩\u200d👩\u200d👧\u200d👦", "\u202e", "*"} {
		w := words{name: r, title: strings.Repeat(r, pipeline.TitleLimit), line: strings.Repeat(r, pipeline.TeamNameLimit), text: strings.Repeat(r, pipeline.TextLimit), who: strings.Repeat(r, 80)}
		blocks, err := json.Marshal(wallApp(w).wallPost(t.Context(), drawnTeam(w), drawnWall(w)).Blocks)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range blockkit.Message(blocks) {
			t.Errorf("a wall of %q: %s %s", r, p.Pointer, p.Message)
		}
	}
}
