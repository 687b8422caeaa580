package bot

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/slack-go/slack"
)

// Stop is why Run ended by itself.
type Stop struct {
	// Cause and Fix are one sentence each.
	Cause, Fix string
	// Err underneath; may be nil.
	Err error
}

func (s *Stop) Error() string { return s.Cause + " " + s.Fix }

// Unwrap gives the error underneath.
func (s *Stop) Unwrap() error { return s.Err }

// remedy is what to do about a refusal.
type remedy int

const (
	// giveUp: repeating it cannot help. Also the remedy of every code that is
	// not in the table: an unknown refusal is never repeated.
	giveUp remedy = iota
	// retryLater: Slack did nothing and may do it later.
	retryLater
	// throttled: as retryLater, but not before a time that Slack named.
	throttled
	// unconfirmed: Slack may have done it. A post is not repeated; what can be
	// repeated without harm (an update) may be.
	unconfirmed
	// channelShut: this channel takes nothing from us for now. Somebody in Slack
	// can open it to us, and then it takes everything.
	channelShut
	// channelLost: this channel takes nothing from us, and no waiting cures it.
	channelLost
	// messageLost: this message cannot be redrawn any more; a new one can be
	// posted in its place.
	messageLost
	// personLost: this person can be sent nothing.
	personLost
	// saidPlainly: the blocks are refused; the same as plain text may pass.
	saidPlainly
	// tokenDead: nothing can be sent with this token any more.
	tokenDead
	// missingScope: the app may not do this; a person has to grant it.
	missingScope
)

// remedies is the policy for each of Slack's error codes.
// https://docs.slack.dev/apis/web-api/ and the page of each method.
var remedies = map[string]remedy{
	"ratelimited":  throttled,
	"rate_limited": throttled,

	"service_unavailable":    retryLater,
	"request_timeout":        retryLater, // our request arrived truncated
	"team_added_to_org":      retryLater, // the workspace is being moved
	"org_login_required":     retryLater, // the same, from inside
	"restricted_too_many":    retryLater,
	"message_limit_exceeded": retryLater,
	"fetch_members_failed":   retryLater,

	// "It's possible some aspect of the operation succeeded before the error
	// was raised."
	"internal_error": unconfirmed,
	"fatal_error":    unconfirmed,

	"not_in_channel": channelShut,
	"is_archived":    channelShut,
	// Also what Slack says of a private channel that nobody invited us to.
	"channel_not_found": channelShut,

	"restricted_action":                        channelLost,
	"restricted_action_read_only_channel":      channelLost,
	"restricted_action_thread_only_channel":    channelLost,
	"restricted_action_non_threadable_channel": channelLost,
	"restricted_action_thread_locked":          channelLost,
	"posting_to_channel_denied":                channelLost,

	"message_not_found":   messageLost,
	"cant_update_message": messageLost,
	"edit_window_closed":  messageLost,

	"user_not_found":        personLost,
	"user_disabled":         personLost,
	"user_not_visible":      personLost,
	"user_not_in_channel":   personLost,
	"cannot_dm_bot":         personLost,
	"messages_tab_disabled": personLost,
	"is_bot":                personLost,
	"is_inactive":           personLost,
	"not_enough_users":      personLost,

	"invalid_blocks":                    saidPlainly,
	"invalid_blocks_format":             saidPlainly,
	"msg_blocks_too_long":               saidPlainly,
	"slack_file_not_found":              saidPlainly,
	"invalid_attachments":               saidPlainly,
	"block_mismatch":                    saidPlainly,
	"attachment_payload_limit_exceeded": saidPlainly,

	"invalid_auth":              tokenDead,
	"not_authed":                tokenDead,
	"account_inactive":          tokenDead,
	"token_revoked":             tokenDead,
	"token_expired":             tokenDead,
	"not_allowed_token_type":    tokenDead,
	"two_factor_setup_required": tokenDead,
	"ekm_access_denied":         tokenDead,
	"accesslimited":             tokenDead,
	"team_access_not_granted":   tokenDead,
	"enterprise_is_restricted":  tokenDead,

	"missing_scope": missingScope,
	"no_permission": missingScope,

	"too_many_pins":  giveUp,
	"not_pinnable":   giveUp,
	"already_pinned": giveUp,
	"no_pin":         giveUp,

	"canvas_editing_locked":                        retryLater, // somebody else's edit is under way
	"canvas_not_found":                             giveUp,
	"canvas_deleted":                               giveUp,
	"canvas_editing_failed":                        giveUp,
	"canvas_creation_failed":                       giveUp,
	"canvas_tab_creation_failed":                   giveUp,
	"channel_canvas_creation_failed":               giveUp,
	"canvas_too_large":                             giveUp,
	"canvas_disabled_user_team":                    giveUp,
	"channel_canvas_already_exists":                giveUp,
	"free_team_canvas_tab_already_exists":          giveUp,
	"team_tier_cannot_create_channel_canvases":     giveUp,
	"free_teams_cannot_create_non_tabbed_canvases": giveUp,
	"free_teams_cannot_edit_standalone_canvases":   giveUp,

	"access_denied":           giveUp,
	"msg_too_long":            giveUp,
	"no_text":                 giveUp,
	"as_user_not_supported":   giveUp,
	"invalid_arguments":       giveUp,
	"expired_trigger_id":      giveUp,
	"exchanged_trigger_id":    giveUp,
	"invalid_trigger_id":      giveUp,
	"push_limit_reached":      giveUp,
	"hash_conflict":           giveUp,
	"not_found":               giveUp,
	"not_enabled":             giveUp,
	"view_too_large":          giveUp,
	"duplicate_external_id":   giveUp,
	"cannot_reply_to_message": giveUp,
	"used_url":                giveUp,
	"expired_url":             giveUp,
	"invalid_cursor":          giveUp,
	"invalid_limit":           giveUp,
	groupGone:                 giveUp,
	"plan_upgrade_required":   giveUp,
}

// Codes of our own, for refusals to which Slack gives none. They never collide
// with Slack's, which use underscores.
const (
	codeOK         = "ok"
	codeThrottled  = "ratelimited"
	codeNotSent    = "not-sent"  // no connection: Slack has seen nothing
	codeNoAnswer   = "no-answer" // sent, and no readable answer came
	codeServer     = "server"    // HTTP 5xx or 408
	codeHTTP       = "http"      // any other HTTP status
	codeCancelled  = "cancelled" // given up by us before it was sent
	codeUnlisted   = "unlisted"  // in metrics: a code that is not in the table
	retryAfterStd  = 30 * time.Second
	retryAfterMost = 24 * time.Hour
)

// SlackError is a call of Slack that failed.
type SlackError struct {
	// Method such as chat.postMessage.
	Method string
	// Code is Slack's, or one of ours when Slack gave none.
	Code string
	// After is how long Slack asked to wait; zero when it did not.
	After time.Duration
	// Needed scope, when one is missing.
	Needed string
	// Details that Slack gave about an invalid payload: places in it, no text
	// of people.
	Details []string
	remedy  remedy
	cause   error
}

func (e *SlackError) Error() string {
	s := e.Method + ": " + e.Code
	if e.Needed != "" {
		s += " (needs " + e.Needed + ")"
	}
	if len(e.Details) > 0 {
		s += " (" + strings.Join(e.Details, "; ") + ")"
	}
	if e.cause != nil {
		s += ": " + e.cause.Error()
	}
	return s
}

// Unwrap gives the network's error, without the address that was called:
// addresses of Slack hold secrets.
func (e *SlackError) Unwrap() error { return e.cause }

// slackError makes one kind of error of everything slack-go and the network
// return. nil stays nil.
func slackError(method string, err error) error {
	if err == nil {
		return nil
	}
	e := &SlackError{Method: method}
	var (
		refused slack.SlackErrorResponse
		slow    *throttledError
		limited *slack.RateLimitedError
		status  slack.StatusCodeError
		dial    *net.OpError
		address *url.Error
	)
	switch {
	case errors.As(err, &refused):
		e.Code, e.Needed, e.Details = refused.Err, refused.Needed, refused.ResponseMetadata.Messages
		e.remedy = remedies[refused.Err]
		if e.remedy == throttled {
			e.After = retryAfterStd
		}
	case errors.As(err, &slow):
		e.Code, e.After, e.remedy = codeThrottled, slow.after, throttled
	case errors.As(err, &limited):
		e.Code, e.After, e.remedy = codeThrottled, limited.RetryAfter, throttled
	case errors.As(err, &status):
		e.Code, e.remedy = codeHTTP, giveUp
		e.cause = fmt.Errorf("HTTP %d", status.Code)
		if status.Code >= http.StatusInternalServerError || status.Code == http.StatusRequestTimeout {
			e.Code, e.remedy = codeServer, unconfirmed
		}
	default:
		if errors.As(err, &address) {
			err = address.Err
		}
		e.cause, e.Code, e.remedy = err, codeNoAnswer, unconfirmed
		var before *notSentError
		if errors.As(err, &before) || errors.As(err, &dial) && dial.Op == "dial" {
			e.Code, e.remedy = codeNotSent, retryLater
			if errors.Is(err, context.Canceled) {
				e.Code = codeCancelled
			}
		}
	}
	return e
}

// codeOf gives the code of a failed call, codeOK for nil.
func codeOf(err error) string {
	if err == nil {
		return codeOK
	}
	var e *SlackError
	if errors.As(err, &e) {
		return e.Code
	}
	return codeNoAnswer
}

// remedyOf gives what to do about a failed call.
func remedyOf(err error) remedy {
	var e *SlackError
	if errors.As(err, &e) {
		return e.remedy
	}
	return unconfirmed
}

// codeLabel keeps the set of metric labels closed.
func codeLabel(code string) string {
	if _, listed := remedies[code]; listed {
		return code
	}
	switch code {
	case codeOK, codeNotSent, codeNoAnswer, codeServer, codeHTTP, codeCancelled:
		return code
	}
	return codeUnlisted
}

// fatalCauses are refusals of apps.connections.open and auth.test that no
// waiting cures, with what to do. Every other refusal that is not in
// mayBeRetried is fatal too, under its own name.
var fatalCauses = map[string]Stop{
	"invalid_auth":            {Cause: "Slack does not know this token.", Fix: "Copy it again from the app's settings; if Slack allows only certain addresses, add this machine's."},
	"not_authed":              {Cause: "Slack received no token.", Fix: "Set the bot token and the app-level token."},
	"account_inactive":        {Cause: "The app was removed from the workspace, or the token belongs to somebody who left.", Fix: "Install the app again and set the new token."},
	"token_revoked":           {Cause: "This token was revoked.", Fix: "Install the app again and set the new token."},
	"token_expired":           {Cause: "This token has expired.", Fix: "Turn token rotation off in the app's settings, install again, and set the new token."},
	"not_allowed_token_type":  {Cause: "This is the wrong kind of token.", Fix: "ALIGNBOT_SLACK_BOT_TOKEN takes the one that starts with xoxb-, ALIGNBOT_SLACK_APP_TOKEN the one that starts with xapp-."},
	"missing_scope":           {Cause: "The token lacks a scope.", Fix: "Give the app-level token the scope connections:write, and the app the scopes of its manifest; then install it again."},
	"no_permission":           {Cause: "The token may not do this.", Fix: "Install the app again with the scopes of its manifest."},
	"forbidden_team":          {Cause: "The app may not be used in this workspace.", Fix: "Ask a workspace admin to approve it."},
	"team_access_not_granted": {Cause: "The app was not given access to this workspace.", Fix: "Ask an organisation admin to add it."},
	"link_disabled":           {Cause: "Socket Mode is switched off for this app.", Fix: "Switch it on in the app's settings under Socket Mode, then start again."},
	"team_disabled":           {Cause: "The workspace is disabled.", Fix: "Ask its owners."},
	codeHTTP:                  {Cause: "What answers at Slack's address is not Slack's Web API.", Fix: "Leave ALIGNBOT_SLACK_API_URL empty, or check the address and the proxy."},
}

// mayBeRetried lists the refusals on which opening a socket is tried again.
func mayBeRetried(err error) bool {
	switch remedyOf(err) {
	case retryLater, throttled, unconfirmed:
		return true
	}
	return false
}

// fatal says why nothing can go on, with the fix, of a call that cannot be
// repeated; token says which one was used.
func fatal(token string, err error) *Stop {
	stop, known := fatalCauses[codeOf(err)]
	if !known {
		stop = Stop{Cause: fmt.Sprintf("Slack refuses with %q.", codeOf(err)), Fix: "Look the code up on the method's page of docs.slack.dev."}
	}
	var e *SlackError
	if errors.As(err, &e) && e.Needed != "" {
		stop.Cause = fmt.Sprintf("The token lacks the scope %s.", e.Needed)
	}
	stop.Cause = "The " + token + " cannot be used. " + stop.Cause
	stop.Err = err
	return &stop
}
