package storage

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"alignbot/pipeline"
)

// check makes sure that the record can be read once it is stored, and counts
// it.
func (r backupRecord) check(summary *Summary) error {
	if !workspacePattern.MatchString(r.Workspace) {
		return fmt.Errorf("%q is not the id of a workspace", r.Workspace)
	}
	if r.Kind != kindWorkspace && (r.ID == "" || len(r.Fields) == 0) {
		return errors.New("it has no id or no fields")
	}
	if len(r.Runs)+len(r.Asked)+len(r.Ballots) > 0 && r.Kind != "idea" || len(r.CheckIns) > 0 && r.Kind != "outcome" ||
		len(r.Events) > 0 && r.Kind != "idea" && !nodeKinds[r.Kind] && !r.hasHistory() || len(r.Evidence) > 0 && r.Kind != "idea" && !nodeKinds[r.Kind] || len(r.Answers) > 0 && r.Kind != "round" && r.Kind != "sheet" {
		return fmt.Errorf("a record of kind %q has no such events, evidence, runs, ballots, check-ins or answers, and nobody asks for it", r.Kind)
	}
	fields := plainFields(r.Fields)
	switch r.Kind {
	case kindWorkspace:
		summary.Workspaces++
		numbers := reader{record: fields}
		numbers.int("seq")
		return numbers.err
	case "idea":
		summary.Ideas++
		idea, err := ideaOf(fields)
		if err != nil {
			return err
		}
		numbers := reader{record: fields}
		if numbers.int("order") == 0 || idea.Key.String() != r.ID || idea.Version < 1 {
			return errors.New("the idea has no order or no version, or another key")
		}
		for _, name := range []string{"stage_order", "rank", "asked", "parkings", "ballots", "ballot"} {
			numbers.int(name)
		}
		if numbers.err != nil {
			return numbers.err
		}
		return r.checkParts()
	case "team":
		summary.Teams++
		team, err := teamOf(fields)
		if err == nil && (string(team.Key) != r.ID || team.Channel == "") {
			err = errors.New("the team has another key or no channel")
		}
		return err
	case "outcome":
		summary.Outcomes++
		return r.checkNode(fields)
	case "opportunity":
		summary.Opportunities++
		return r.checkNode(fields)
	case "impact":
		summary.Impacts++
		return r.checkNode(fields)
	case "round":
		summary.Rounds++
		return r.checkRound(fields)
	case "sheet":
		summary.Sheets++
		return r.checkSheet(fields)
	case "feedback":
		summary.Feedback++
		_, err := feedbackOf(fields)
		return err
	case "templates":
		summary.Templates++
		_, err := templatesOf(fields)
		return err
	case "drafts":
		summary.Drafts++
		for _, draft := range fields {
			if _, err := draftOf(draft, time.Time{}); err != nil {
				return err
			}
		}
		return nil
	case "op":
		summary.Operations++
		return nil
	case "acted":
		summary.Operations++
		times := reader{record: fields}
		for field := range fields {
			times.int(field)
		}
		return times.err
	case "nudge":
		summary.Nudged++
		times := reader{record: fields}
		times.time("due")
		times.time("at")
		return times.err
	case "nudged":
		summary.Nudged++
		for who, noted := range fields {
			if _, err := nudgeDueOf(who, r.ID, noted); err != nil {
				return err
			}
		}
		return nil
	case "out":
		summary.Outgoing++
		states := []State{Due, Sending, Sent, Failed, Unknown}
		if !slices.Contains(states, State(fields["state"])) {
			return fmt.Errorf("an outbox entry cannot be %q", fields["state"])
		}
		numbers := reader{record: fields}
		for _, name := range []string{"at", "first", "attempt"} {
			numbers.int(name)
		}
		if numbers.err == nil && !json.Valid([]byte(fields["args"])) {
			return errors.New("an outbox entry has unreadable args")
		}
		return numbers.err
	}
	return fmt.Errorf("its kind %q is unknown", r.Kind)
}

// checkNode makes sure that a node of a tree and what belongs to it can be read.
func (r backupRecord) checkNode(fields map[string]string) error {
	kinds := map[pipeline.NodeKind]string{pipeline.OutcomeNode: "outcome", pipeline.OpportunityNode: "opportunity", pipeline.ImpactNode: "impact"}
	key, err := pipeline.ParseNodeKey(fields["key"])
	if err != nil || key.String() != r.ID || kinds[key.Kind] != r.Kind {
		return errors.New("the node has another key")
	}
	var flat []any
	for name, value := range fields {
		flat = append(flat, name, value)
	}
	if _, err := nodesOf([]any{flat}); err != nil {
		return err
	}
	for _, text := range r.CheckIns {
		if _, err := checkInOf(string(text)); err != nil {
			return err
		}
	}
	return r.checkLines()
}

// checkRound makes sure that a round and its answers can be read.
func (r backupRecord) checkRound(fields map[string]string) error {
	state, err := roundStateOf(fields, plainFields(r.Answers), "")
	if err == nil && (roundName(state.Round.Team, state.Round.ID) != r.ID || state.Round.Version < 1 || state.Round.Deadline.IsZero()) {
		err = errors.New("the round has another name, or no version or deadline")
	}
	return err
}

// checkLines makes sure that events and evidence can be read.
func (r backupRecord) checkLines() error {
	for _, event := range r.Events {
		if _, err := eventOf(string(event)); err != nil {
			return err
		}
	}
	for _, piece := range r.Evidence {
		if _, err := pieceOf(string(piece)); err != nil {
			return err
		}
	}
	return nil
}

// checkParts makes sure that what belongs to an idea can be read.
func (r backupRecord) checkParts() error {
	if err := r.checkLines(); err != nil {
		return err
	}
	for who, text := range r.Asked {
		if _, err := askingOf(who, string(text)); err != nil {
			return err
		}
	}
	for _, stored := range r.Runs {
		if _, err := summaryOf(stored.ID, string(stored.Summary)); err != nil {
			return err
		}
		run, err := runOf(plainFields(stored.Fields), pipeline.Template{})
		if err != nil {
			return err
		}
		if run.Idea.String() != r.ID || strconv.Itoa(run.ID) != stored.ID || run.Version < 1 {
			return errors.New("a run has another idea or number, or no version")
		}
	}
	for _, stored := range r.Ballots {
		polled, err := polledOf(plainFields(stored.Fields), plainFields(stored.Votes), "")
		if err != nil {
			return err
		}
		if b := polled.Ballot; b.Idea.String() != r.ID || strconv.Itoa(b.ID) != stored.ID || b.Version < 1 || b.Deadline.IsZero() {
			return errors.New("a ballot has another idea or number, or no version or deadline")
		}
	}
	return nil
}

func plainFields(exact map[string]exactText) map[string]string {
	fields := make(map[string]string, len(exact))
	for name, value := range exact {
		fields[name] = string(value)
	}
	return fields
}

// checkSheet makes sure that a sheet's name, its places and its values can be read.
// What they mean is for its kind to say, which may be newer than this version.
func (r backupRecord) checkSheet(fields map[string]string) error {
	kind, id, _ := strings.Cut(r.ID, ":")
	if _, err := ParseSheetName(id); err != nil || kind == "" {
		return fmt.Errorf("%q is not the name of a sheet", r.ID)
	}
	numbers := reader{record: fields}
	if numbers.int("said"); numbers.int("version") < 1 || numbers.err != nil {
		return errors.New("the sheet has no version")
	}
	var places [][3]any
	if err := json.Unmarshal([]byte(fields["places"]), &places); err != nil {
		return errors.New("the sheet's places cannot be read")
	}
	for name, value := range fields {
		_, isMessage := messagePart(name)
		if !sheetReserved[name] && !isMessage && !json.Valid([]byte(value)) {
			return fmt.Errorf("the sheet's %s cannot be read", name)
		}
	}
	for _, text := range r.Answers {
		if !json.Valid([]byte(text)) {
			return errors.New("what was said to the sheet cannot be read")
		}
	}
	for _, text := range r.Events {
		if _, err := eventOf(string(text)); err != nil {
			return fmt.Errorf("a line of the sheet's history cannot be read: %w", err)
		}
	}
	return nil
}

// hasHistory tells whether it is a sheet of a kind with a history of its own.
func (r backupRecord) hasHistory() bool {
	kind, _, _ := strings.Cut(r.ID, ":")
	return r.Kind == "sheet" && (kind == KindCanvas || kind == KindStoryMap)
}
