package bot

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"alignbot/commands"
	"alignbot/pipeline"
)

// sender calls Slack. Every call is made once: what to do about a failure is
// for the caller to decide by its remedy, because only the caller knows
// whether a repetition can do harm.
type sender struct {
	api     *slack.Client
	http    *http.Client
	limit   time.Duration // of one call
	metrics *metrics
	log     *slog.Logger

	mu   sync.Mutex
	dead error // why the bot token cannot be used; nil while it can
}

// listPage is the most that Slack gives of a list at once.
// https://docs.slack.dev/apis/web-api/pagination
const listPage = 1000

func newSender(s Settings, m *metrics, log *slog.Logger) *sender {
	client := newHTTPClient(s.Timing.Call)
	return &sender{
		api: slack.New(s.BotToken.Reveal(),
			slack.OptionAPIURL(s.APIURL),
			slack.OptionAppLevelToken(s.AppToken.Reveal()),
			slack.OptionHTTPClient(client),
			// No OptionRetry: slack-go's retries can post twice.
		),
		http: client, limit: s.Timing.Call, metrics: m, log: log,
	}
}

// call makes one call and gives its error one form.
func (w *sender) call(ctx context.Context, method string, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, w.limit)
	defer cancel()
	err := slackError(method, do(ctx))
	w.metrics.slackRequests.WithLabelValues(method, codeLabel(codeOf(err))).Inc()
	var refused *SlackError
	if errors.As(err, &refused) {
		w.metrics.throttled.Add(refused.After.Seconds())
	}
	return err
}

// botCall is a call with the bot token, whose end it notices.
func (w *sender) botCall(ctx context.Context, method string, do func(context.Context) error) error {
	err := w.call(ctx, method, do)
	switch {
	case err == nil:
		w.setDead(nil)
	case remedyOf(err) == tokenDead:
		w.setDead(err)
	}
	return err
}

func (w *sender) setDead(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case err != nil && w.dead == nil:
		stop := fatal("bot token", err)
		w.log.Error("Slack refuses the bot token; nothing is sent until it is accepted again", "cause", stop.Cause, "fix", stop.Fix, "code", codeOf(err))
	case err == nil && w.dead != nil:
		w.log.Info("Slack accepts the bot token again")
	}
	w.dead = err
}

// tokenProblem is why nothing can be sent; nil while all is well.
func (w *sender) tokenProblem() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.dead
}

func (w *sender) authTest(ctx context.Context) (identity *slack.AuthTestResponse, err error) {
	err = w.botCall(ctx, "auth.test", func(ctx context.Context) error {
		identity, err = w.api.AuthTestContext(ctx)
		return err
	})
	return identity, err
}

// appID of the bot; auth.test does not tell it.
func (w *sender) appID(ctx context.Context, bot string) (string, error) {
	var info *slack.Bot
	err := w.botCall(ctx, "bots.info", func(ctx context.Context) (err error) {
		info, err = w.api.GetBotInfoContext(ctx, slack.GetBotInfoParameters{Bot: bot})
		return err
	})
	if err != nil {
		return "", err
	}
	return info.AppID, nil
}

// socketAddress opens a connection. The address holds a ticket that is good
// for one use: it is never logged.
func (w *sender) socketAddress(ctx context.Context) (address string, err error) {
	err = w.call(ctx, "apps.connections.open", func(ctx context.Context) error {
		_, address, err = w.api.StartSocketModeContext(ctx)
		return err
	})
	return address, err
}

func (w *sender) user(ctx context.Context, id string) (u *slack.User, err error) {
	err = w.botCall(ctx, "users.info", func(ctx context.Context) error {
		u, err = w.api.GetUserInfoContext(ctx, id)
		return err
	})
	return u, err
}

// users of the workspace, a page of them: up to 1,000 and where the next page
// begins, "" after the last.
// https://docs.slack.dev/reference/methods/users.list
func (w *sender) users(ctx context.Context, cursor string) (list []slack.User, next string, err error) {
	err = w.botCall(ctx, "users.list", func(ctx context.Context) error {
		page, err := w.api.GetUsersPaginated(slack.GetUsersOptionLimit(listPage),
			slack.GetUsersOptionCursor(cursor), slack.GetUsersOptionIncludeLocale(false)).Next(ctx)
		list, next = page.Users, page.Cursor
		return err
	})
	return list, next, err
}

// undisturbed tells when each of at most dndMost people does not want to be disturbed.
// https://docs.slack.dev/reference/methods/dnd.teamInfo
func (w *sender) undisturbed(ctx context.Context, users []string) (found map[string]slack.DNDStatus, err error) {
	err = w.botCall(ctx, "dnd.teamInfo", func(ctx context.Context) error {
		found, err = w.api.GetDNDTeamInfoContext(ctx, users)
		return err
	})
	return found, err
}

// members of a channel, a page of user ids as users has it.
// https://docs.slack.dev/reference/methods/conversations.members
func (w *sender) members(ctx context.Context, channel, cursor string) (ids []string, next string, err error) {
	err = w.botCall(ctx, "conversations.members", func(ctx context.Context) error {
		ids, next, err = w.api.GetUsersInConversationContext(ctx, &slack.GetUsersInConversationParameters{
			ChannelID: channel, Cursor: cursor, Limit: listPage,
		})
		return err
	})
	return ids, next, err
}

// groupMembers are the user ids of a user group's active people.
// https://docs.slack.dev/reference/methods/usergroups.users.list
func (w *sender) groupMembers(ctx context.Context, group string) (ids []string, err error) {
	err = w.botCall(ctx, "usergroups.users.list", func(ctx context.Context) error {
		ids, err = w.api.GetUserGroupMembersContext(ctx, group)
		return err
	})
	return ids, err
}

// groups are the workspace's user groups, without those that are disabled.
// https://docs.slack.dev/reference/methods/usergroups.list
func (w *sender) groups(ctx context.Context) (groups []slack.UserGroup, err error) {
	err = w.botCall(ctx, "usergroups.list", func(ctx context.Context) error {
		groups, err = w.api.GetUserGroupsContext(ctx)
		return err
	})
	return groups, err
}

// options every message is sent with: nothing in it unfurls, and nothing in
// its text comes alive that was not written as a link or mention on purpose.
func options(p commands.Post, thread string) []slack.MsgOption {
	o := []slack.MsgOption{
		slack.MsgOptionText(string(p.Text), false),
		slack.MsgOptionDisableLinkUnfurl(),
		slack.MsgOptionDisableMediaUnfurl(),
		slack.MsgOptionParse(false),
		slack.MsgOptionLinkNames(false),
	}
	if thread != "" {
		o = append(o, slack.MsgOptionTS(thread))
	}
	if len(p.Blocks) > 0 {
		o = append(o, slack.MsgOptionBlocks(p.Blocks...))
	}
	return o
}

// post a message to a channel, or to a person by user id. Never repeated here:
// Slack has no way to post the same thing once.
func (w *sender) post(ctx context.Context, channel, thread string, p commands.Post) (m pipeline.Message, err error) {
	err = w.plainly(ctx, "chat.postMessage", p, func(p commands.Post) error {
		return w.botCall(ctx, "chat.postMessage", func(ctx context.Context) error {
			m.Channel, m.TS, err = w.api.PostMessageContext(ctx, channel, options(p, thread)...)
			return err
		})
	})
	return m, err
}

// update redraws a message. Repeating it does no harm.
func (w *sender) update(ctx context.Context, m pipeline.Message, p commands.Post) error {
	return w.plainly(ctx, "chat.update", p, func(p commands.Post) error {
		return w.botCall(ctx, "chat.update", func(ctx context.Context) error {
			_, _, _, err := w.api.UpdateMessageContext(ctx, m.Channel, m.TS, options(p, "")...)
			return err
		})
	})
}

// ephemeral shows a message to one person in a channel.
func (w *sender) ephemeral(ctx context.Context, channel, user, thread string, p commands.Post) error {
	return w.plainly(ctx, "chat.postEphemeral", p, func(p commands.Post) error {
		return w.botCall(ctx, "chat.postEphemeral", func(ctx context.Context) error {
			_, err := w.api.PostEphemeralContext(ctx, channel, user, options(p, thread)...)
			return err
		})
	})
}

// respond uses a response_url: for the person who acted only. With replace the
// message whose button was used is rewritten. The address is a secret of its
// own and never logged.
// https://docs.slack.dev/interactivity/handling-user-interaction
func (w *sender) respond(ctx context.Context, address string, p commands.Post, replace bool) error {
	return w.plainly(ctx, "response_url", p, func(p commands.Post) error {
		return w.call(ctx, "response_url", func(ctx context.Context) error {
			body, err := json.Marshal(privateMessage{
				ResponseType: "ephemeral", Replace: &replace, Text: string(p.Text), Blocks: p.Blocks,
			})
			if err != nil {
				return &notSentError{err}
			}
			request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
			if err != nil {
				return &notSentError{errors.New("the response URL cannot be used")}
			}
			request.Header.Set("Content-Type", "application/json; charset=utf-8")
			response, err := w.http.Do(request)
			if err != nil {
				return err
			}
			defer response.Body.Close()
			answer, err := io.ReadAll(io.LimitReader(response.Body, 64<<10))
			if err != nil {
				return err
			}
			return readAnswer(response, answer)
		})
	})
}

// readAnswer of a response URL: "ok" as text, or Slack's usual object, which
// comes with a status other than 200 when it is a refusal.
func readAnswer(response *http.Response, answer []byte) error {
	var refusal slack.SlackResponse
	if json.Unmarshal(answer, &refusal) == nil && !refusal.Ok && refusal.Error != "" {
		return refusal.Err()
	}
	if response.StatusCode != http.StatusOK {
		return slack.StatusCodeError{Code: response.StatusCode, Status: response.Status}
	}
	if kind, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type")); kind != "application/json" && !bytes.Equal(bytes.TrimSpace(answer), []byte("ok")) {
		return fmt.Errorf("the response URL answered with %d bytes that are not ok", len(answer))
	}
	return nil
}

// privateMessage is a message in an acknowledgement or for a response URL.
type privateMessage struct {
	ResponseType string        `json:"response_type"`
	Replace      *bool         `json:"replace_original,omitempty"`
	Text         string        `json:"text"`
	Blocks       []slack.Block `json:"blocks,omitempty"`
}

// shownView is a form on somebody's screen: its id, and the hash that it has until
// somebody changes it.
type shownView struct{ id, hash string }

// openView opens a form.
func (w *sender) openView(ctx context.Context, trigger string, v *slack.ModalViewRequest) (shown shownView, err error) {
	anchor(v.Blocks)
	err = w.botCall(ctx, "views.open", func(ctx context.Context) error {
		opened, err := w.api.OpenViewContext(ctx, trigger, *v)
		if err == nil {
			shown = shownView{opened.ID, opened.Hash}
		}
		return err
	})
	return shown, err
}

// pushView opens a form on top of another.
func (w *sender) pushView(ctx context.Context, trigger string, v *slack.ModalViewRequest) (shown shownView, err error) {
	anchor(v.Blocks)
	err = w.botCall(ctx, "views.push", func(ctx context.Context) error {
		opened, err := w.api.PushViewContext(ctx, trigger, *v)
		if err == nil {
			shown = shownView{opened.ID, opened.Hash}
		}
		return err
	})
	return shown, err
}

// updateView redraws a form, unless somebody changed it since its hash; without one in
// any case. It gives the form with the hash that it has now.
func (w *sender) updateView(ctx context.Context, shown shownView, v *slack.ModalViewRequest) (shownView, error) {
	anchor(v.Blocks)
	err := w.botCall(ctx, "views.update", func(ctx context.Context) error {
		updated, err := w.api.UpdateViewContext(ctx, *v, "", shown.hash, shown.id)
		if err == nil {
			shown.hash = updated.Hash
		}
		return err
	})
	return shown, err
}

func (w *sender) publishHome(ctx context.Context, user string, v *slack.HomeTabViewRequest) error {
	anchor(v.Blocks)
	return w.botCall(ctx, "views.publish", func(ctx context.Context) error {
		_, err := w.api.PublishViewContext(ctx, slack.PublishViewContextRequest{UserID: user, View: *v})
		return err
	})
}

// plainly sends a post, and when Slack refuses its blocks, what the post has for that
// case, or the same words without blocks: an ugly message beats none. The latter is a
// fault of ours, so it is counted and logged, without what the message says.
func (w *sender) plainly(ctx context.Context, method string, p commands.Post, send func(commands.Post) error) error {
	err := send(p)
	if remedyOf(err) == saidPlainly && err != nil && p.Refused != nil {
		w.log.Warn("Slack refuses a picture or chart in a message; sent without it", "method", method, "slack_error", err)
		p = p.Refused(ctx)
		err = send(p)
	}
	if remedyOf(err) != saidPlainly || err == nil || len(p.Blocks) == 0 {
		return err
	}
	encoded, _ := json.Marshal(p.Blocks) // only to tell one layout from another
	sum := sha256.Sum256(encoded)
	w.metrics.saidPlainly.Inc()
	w.log.Error("Slack refuses the blocks of a message; sent as plain text", "method", method, "slack_error", err, "blocks", len(p.Blocks), "layout", hex.EncodeToString(sum[:8]))
	p.Blocks = nil
	return send(p)
}
