package page_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"strings"
	"sync"
	"testing"

	"alignbot/slacksim"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
)

// startBot connects a small bot to sim, as any bot would be: over a WebSocket
// and the Web API. It captures ideas with a form and posts a card for each. The function ends it, and so does the
// test's end.
func startBot(t *testing.T, sim *slacksim.Sim) (end func()) {
	t.Helper()
	api := slack.New(sim.BotToken(), slack.OptionAppLevelToken(sim.AppToken()), slack.OptionAPIURL(sim.APIURL()))
	client := socketmode.New(api, socketmode.OptionLog(log.New(io.Discard, "", 0)))
	ctx, stop := context.WithCancel(context.Background())
	connected := make(chan struct{})
	done := make(chan struct{}, 2)
	b := &bot{t: t, api: api, client: client}
	go func() { _ = client.RunContext(ctx); done <- struct{}{} }()
	go func() {
		defer func() { done <- struct{}{} }()
		for {
			select {
			case event := <-client.Events:
				if event.Type == socketmode.EventTypeHello {
					close(connected)
				}
				b.handle(ctx, event)
			case <-ctx.Done():
				return
			}
		}
	}()
	end = sync.OnceFunc(func() { stop(); <-done; <-done })
	t.Cleanup(end)
	<-connected
	return end
}

type bot struct {
	t      *testing.T
	api    *slack.Client
	client *socketmode.Client
	count  int
}

func (b *bot) handle(ctx context.Context, event socketmode.Event) {
	check := func(err error) {
		if err != nil && ctx.Err() == nil {
			b.t.Errorf("the bot could not answer %s: %v", event.Type, err)
		}
	}
	switch data := event.Data.(type) {
	case slack.SlashCommand:
		if data.Command == "/align" {
			check(b.client.Ack(*event.Request, map[string]any{"response_type": "ephemeral", "text": "*Help*: `/idea` captures an idea."}))
			return
		}
		check(b.client.Ack(*event.Request))
		_, err := b.api.OpenViewContext(ctx, data.TriggerID, ideaForm(data.ChannelID, data.Text))
		check(err)
	case slack.InteractionCallback:
		switch data.Type {
		case slack.InteractionTypeViewSubmission:
			b.submitted(ctx, event, data, check)
		case slack.InteractionTypeBlockSuggestion:
			check(b.client.Ack(*event.Request, map[string]any{"options": []*slack.OptionBlockObject{
				option("O1", "Faster payouts"), option("O2", "Fewer refunds about "+data.Value),
			}}))
		case slack.InteractionTypeMessageAction:
			check(b.client.Ack(*event.Request))
			_, err := b.api.OpenViewContext(ctx, data.TriggerID, ideaForm(data.Channel.ID, data.Message.Text))
			check(err)
		case slack.InteractionTypeShortcut:
			check(b.client.Ack(*event.Request))
			_, err := b.api.OpenViewContext(ctx, data.TriggerID, ideaForm("C0PAYMENTS", ""))
			check(err)
		case slack.InteractionTypeBlockActions:
			check(b.client.Ack(*event.Request))
			b.acted(ctx, data, check)
		default:
			check(b.client.Ack(*event.Request))
		}
	default:
		if event.Request != nil {
			check(b.client.Ack(*event.Request))
		}
		if event.Type == socketmode.EventTypeEventsAPI && strings.Contains(string(event.Request.Payload), `"app_home_opened"`) {
			_, user, _ := strings.Cut(string(event.Request.Payload), `"user":"`)
			user, _, _ = strings.Cut(user, `"`)
			_, err := b.api.PublishViewContext(ctx, slack.PublishViewContextRequest{UserID: user, View: home()})
			check(err)
		}
	}
}

func (b *bot) submitted(ctx context.Context, event socketmode.Event, data slack.InteractionCallback, check func(error)) {
	values := data.View.State.Values
	title := values["title"]["v"].Value
	if len(title) < 5 {
		check(b.client.Ack(*event.Request, slack.NewErrorsViewSubmissionResponse(map[string]string{"title": "A few more words, please."})))
		return
	}
	check(b.client.Ack(*event.Request))
	b.count++
	problem := values["problem"]["v"].Value
	if day := values["due"]["v"].SelectedDate; day != "" {
		problem += " Wanted by " + day
	}
	_, _, err := b.api.PostMessageContext(ctx, data.View.PrivateMetadata, slack.MsgOptionText("New idea: "+title, true), slack.MsgOptionBlocks(card(b.count, title, data.User.ID, problem)...))
	check(err)
}

func (b *bot) acted(ctx context.Context, data slack.InteractionCallback, check func(error)) {
	action := data.ActionCallback.BlockActions[0]
	switch action.ActionID {
	case "deeper":
		_, err := b.api.PushViewContext(ctx, data.TriggerID, slack.ModalViewRequest{
			Type: slack.VTModal, Title: plain("What is an outcome?"), Close: plain("Back"),
			Blocks: slack.Blocks{BlockSet: []slack.Block{slack.NewSectionBlock(markdown("A *change worth having*, with a number to it."), nil, nil)}},
		})
		check(err)
	case "why":
		_, err := b.api.PostEphemeralContext(ctx, data.Channel.ID, data.User.ID, slack.MsgOptionText("It waits for an outcome. Nothing was lost.", false))
		check(err)
	case "park":
		_, _, _, err := b.api.UpdateMessageContext(ctx, data.Channel.ID, data.Message.Timestamp, slack.MsgOptionText("Parked", false),
			slack.MsgOptionBlocks(slack.NewSectionBlock(markdown("*PAY-1* is parked by <@"+data.User.ID+">"), nil, nil)))
		check(err)
	case "live":
		_, err := b.api.UpdateViewContext(ctx, ideaForm("C0PAYMENTS", "changed"), "", "", data.View.ID)
		check(err)
	}
}

func plain(s string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.PlainTextType, s, false, false)
}

func markdown(s string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.MarkdownType, s, false, false)
}

func option(value, text string) *slack.OptionBlockObject {
	return slack.NewOptionBlockObject(value, plain(text), nil)
}

func ideaForm(channel, title string) slack.ModalViewRequest {
	titleField := &slack.PlainTextInputBlockElement{Type: slack.METPlainTextInput, ActionID: "v", InitialValue: title, MaxLength: 150, Placeholder: plain("What would be better?")}
	problem := &slack.PlainTextInputBlockElement{Type: slack.METPlainTextInput, ActionID: "v", Multiline: true}
	owners := slack.NewOptionsMultiSelectBlockElement(slack.MultiOptTypeUser, plain("Choose people"), "v")
	least := 0
	outcome := slack.NewOptionsSelectBlockElement(slack.OptTypeExternal, plain("Find an outcome"), "v")
	outcome.MinQueryLength = &least
	size := slack.NewRadioButtonsBlockElement("v", option("s", "Days"), option("m", "Weeks"), option("l", "I do not know"))
	block := func(id, label, hint string, optional bool, element slack.BlockElement) *slack.InputBlock {
		var h *slack.TextBlockObject
		if hint != "" {
			h = plain(hint)
		}
		return slack.NewInputBlock(id, plain(label), h, element).WithOptional(optional)
	}
	return slack.ModalViewRequest{
		Type: slack.VTModal, CallbackID: "idea", PrivateMetadata: channel,
		Title: plain("Capture an idea"), Submit: plain("Capture"), Close: plain("Cancel"),
		Blocks: slack.Blocks{BlockSet: []slack.Block{
			block("title", "Title", "One line that the team will recognise", false, titleField),
			block("problem", "Problem", "Who has it, and what does it cost them?", true, problem),
			block("outcome", "Outcome", "", true, outcome),
			slack.NewActionBlock("help", slack.NewButtonBlockElement("deeper", "1", plain("What is an outcome?")), slack.NewButtonBlockElement("live", "1", plain("Redraw"))),
			block("owners", "Who should hear of it", "", true, owners),
			block("size", "How large is it", "", true, size),
			block("due", "Wanted by", "", true, slack.NewDatePickerBlockElement("v")),
		}},
	}
}

func card(n int, title, user, problem string) []slack.Block {
	key := fmt.Sprintf("PAY-%d", n)
	blocks := []slack.Block{
		slack.NewSectionBlock(plain(key+"  "+title), []*slack.TextBlockObject{markdown("*Stage*\ncaptured"), markdown("*Outcome*\n_none yet_")}, slack.NewAccessory(
			slack.NewOverflowBlockElement("more", option("edit", "Edit"), option("withdraw", "Withdraw")))),
	}
	if problem != "" {
		blocks = append(blocks, slack.NewRichTextBlock("", slack.NewRichTextSection(slack.NewRichTextSectionTextElement(problem, nil))))
	}
	park := slack.NewButtonBlockElement("park", key, plain("Park"))
	park.Style = slack.StyleDanger
	park.Confirm = slack.NewConfirmationBlockObject(plain("Park this idea?"), markdown("It can be *reopened* at any time."), plain("Park"), plain("Keep"))
	link := slack.NewButtonBlockElement("link", key, plain("Link an outcome"))
	link.Style = slack.StylePrimary
	return append(blocks,
		slack.NewActionBlock("buttons", link, slack.NewButtonBlockElement("why", key, plain("Why is it waiting?")), park),
		slack.NewContextBlock("", markdown("captured by <@"+user+"> · <https://example.com|what happens next>")),
	)
}

func home() slack.HomeTabViewRequest {
	return slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: []slack.Block{
		slack.NewHeaderBlock(plain("What waits for you")),
		slack.NewSectionBlock(markdown("*PAY-1* waits for an outcome.\nAdded to #payments today."), nil, slack.NewAccessory(slack.NewButtonBlockElement("open", "PAY-1", plain("Open")))),
		slack.NewDividerBlock(),
		slack.NewHeaderBlock(plain("My teams")),
		slack.NewTableBlock("teams").AddRow(slack.NewTableRawTextCell("Team"), slack.NewTableRawTextCell("Ideas"), slack.NewTableRawTextCell("Waiting")).
			AddRow(slack.NewTableRawTextCell("Payments"), slack.NewTableRawNumberCell(12), slack.NewTableRawNumberCell(3)).
			AddRow(slack.NewTableRawTextCell("Growth"), slack.NewTableRawNumberCell(7), slack.NewTableRawNumberCell(0)),
		slack.NewContextBlock("", markdown("Only you see this page.")),
	}}}
}
