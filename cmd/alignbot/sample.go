package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"alignbot/commands"
	"alignbot/pipeline"
	"alignbot/slacksim"
)

// sampleChannel is where the sample's team works; its name gives the team's.
const sampleChannel = "payments"

// sampleIdeas are captured in this order, each by somebody of the sample
// workspace.
var sampleIdeas = []struct {
	by   string
	idea pipeline.Draft
}{
	{"bob", pipeline.Draft{
		Title:    "Next payout date on the dashboard",
		Problem:  "Shops write to support to ask when they will be paid. It is our most frequent question and the answer is always in our database.",
		Measure:  "Tickets about payout dates fall from 140 to under 40 a month by the end of March.",
		Evidence: "Support tags for October: 140 of 610 tickets.",
	}},
	{"carol", pipeline.Draft{
		Title:    "Export invoices as PDF",
		Problem:  "Bookkeepers of small shops retype our invoices by hand: about an hour a month each.",
		Measure:  "One shop in three that opens an invoice downloads it, within six weeks.",
		Evidence: "Asked for in 9 of the last 12 onboarding calls.",
	}},
	{"alice", pipeline.Draft{
		Title:    "Try failed card payments again the next morning",
		Problem:  "One renewal in nine fails, mostly because the account is empty that night. We give up after one attempt and the customer loses access.",
		Measure:  "30 % of failed renewals are paid within three days.",
		Evidence: "Three weeks of decline codes: 62 % insufficient funds.",
	}},
	{"carol", pipeline.Draft{
		Title:   "Tell customers before their card expires",
		Problem: "People learn that their card has expired when the order does not go through, and some never come back.",
		Measure: "Payments that fail on an expired card halve within a quarter.",
	}},
	{"bob", pipeline.Draft{
		Title:   "Pay out on the same day for a small fee",
		Problem: "Market traders buy stock every morning and cannot wait three days for yesterday's money.",
	}},
}

// sampleMessage is written by one person and captured by another with the
// message shortcut.
var sampleMessage = struct{ from, text, by, title string }{
	from:  "carol",
	text:  "Third shop this week that refunded a whole order because they could not refund only one item of it. The customers then have to pay again for the rest.",
	by:    "bob",
	title: "Refund a part of an order",
}

// playSample lets the people of the sample workspace set up a team and capture
// ideas, as anybody would in the page.
func playSample(ctx context.Context, sim *slacksim.Sim) error {
	if err := sim.Type(ctx, "alice", sampleChannel, "/align setup"); err != nil {
		return err
	}
	if err := submitForm(ctx, sim, "alice", nil); err != nil {
		return fmt.Errorf("set up the team: %w", err)
	}
	for _, sample := range sampleIdeas {
		if err := sim.Type(ctx, sample.by, sampleChannel, "/idea "+sample.idea.Title); err != nil {
			return err
		}
		if err := submitForm(ctx, sim, sample.by, map[pipeline.Field]string{
			pipeline.FieldProblem: sample.idea.Problem, pipeline.FieldMeasure: sample.idea.Measure, pipeline.FieldEvidence: sample.idea.Evidence,
		}); err != nil {
			return fmt.Errorf("capture %q: %w", sample.idea.Title, err)
		}
	}
	if err := sim.Type(ctx, sampleMessage.from, sampleChannel, sampleMessage.text); err != nil {
		return err
	}
	channel, err := sim.ChannelView(sampleMessage.by, sampleChannel, 0)
	if err != nil {
		return err
	}
	for _, message := range channel.Messages {
		if message.Text != sampleMessage.text {
			continue
		}
		if err := sim.UseMessageShortcut(ctx, sampleMessage.by, commands.ShortcutFromText, sampleChannel, message.TS); err != nil {
			return err
		}
		if err := submitForm(ctx, sim, sampleMessage.by, map[pipeline.Field]string{pipeline.FieldTitle: sampleMessage.title}); err != nil {
			return fmt.Errorf("capture %q: %w", sampleMessage.title, err)
		}
	}
	return nil
}

// submitForm types into the form on top of the person's screen and submits it.
func submitForm(ctx context.Context, sim *slacksim.Sim, person string, typed map[pipeline.Field]string) error {
	form, err := topForm(ctx, sim, person)
	if err != nil {
		return err
	}
	var view struct {
		Blocks []struct {
			ID      string `json:"block_id"`
			Element struct {
				ID string `json:"action_id"`
			} `json:"element"`
		} `json:"blocks"`
	}
	if err := json.Unmarshal(form.JSON, &view); err != nil {
		return fmt.Errorf("read the form: %w", err)
	}
	for _, block := range view.Blocks {
		field, _, _ := strings.Cut(block.ID, "#")
		text := typed[pipeline.Field(field)]
		if text == "" {
			continue
		}
		target := slacksim.Target{ViewID: form.ID, BlockID: block.ID, ActionID: block.Element.ID}
		if err := sim.Act(ctx, person, target, slacksim.Input{Text: text}); err != nil {
			return err
		}
	}
	if err := sim.Submit(ctx, person, form.ID); err != nil {
		return err
	}
	if left, err := sim.Modals(person); err != nil || len(left) > 0 {
		return fmt.Errorf("%s's form was not taken: %s", person, screen(sim, person))
	}
	return dismissAnswer(ctx, sim, person)
}

// dismissAnswer waits for what the person is told in private and puts it away,
// so that who opens the page is not met by old notices.
func dismissAnswer(ctx context.Context, sim *slacksim.Sim, person string) error {
	ctx, cancel := context.WithTimeout(ctx, formPatience)
	defer cancel()
	var answers []string
	var err error
	if waited := sim.Wait(ctx, func() bool {
		answers, err = privateMessages(sim, person)
		return err != nil || len(answers) > 0
	}); waited != nil {
		return fmt.Errorf("%s was told nothing: %s", person, screen(sim, person))
	}
	for _, ts := range answers {
		err = errors.Join(err, sim.Dismiss(ctx, person, sampleChannel, ts))
	}
	return err
}

// privateMessages gives the time stamps of what only the person sees.
func privateMessages(sim *slacksim.Sim, person string) (stamps []string, err error) {
	channel, err := sim.ChannelView(person, sampleChannel, 0)
	for _, message := range channel.Messages {
		for _, m := range append(message.Replies, message) {
			if m.Ephemeral {
				stamps = append(stamps, m.TS)
			}
		}
	}
	return stamps, err
}

// formPatience is how long the bot may take to open a form, as long as Slack
// lets it, or to say that it was taken.
const formPatience = 3 * time.Second

// topForm waits for the form that the person is about to see.
func topForm(ctx context.Context, sim *slacksim.Sim, person string) (slacksim.View, error) {
	ctx, cancel := context.WithTimeout(ctx, formPatience)
	defer cancel()
	var forms []slacksim.View
	var err error
	if sim.Wait(ctx, func() bool {
		forms, err = sim.Modals(person)
		return err != nil || len(forms) > 0
	}) != nil {
		return slacksim.View{}, fmt.Errorf("no form opened for %s: %s", person, screen(sim, person))
	}
	if err != nil {
		return slacksim.View{}, err
	}
	return forms[len(forms)-1], nil
}

// screen is what the person sees, for an error.
func screen(sim *slacksim.Sim, person string) string {
	seen, err := sim.Screen(person, sampleChannel)
	if err != nil {
		return err.Error()
	}
	return "\n" + seen.String()
}
