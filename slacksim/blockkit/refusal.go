package blockkit

import "strings"

// ChatError gives what chat.* answer to blocks with these problems: the error code and the texts of its
// errors array, "no more than 50 items allowed [json-pointer:/blocks]". Each text, with "[ERROR] " before
// it, is also a message of response_metadata. Without problems both are empty.
func ChatError(ps []Problem) (code string, errors []string) {
	return refusal(ps, "invalid_blocks", "/blocks")
}

// AttachmentError is ChatError for the problems of Attachments.
func AttachmentError(ps []Problem) (code string, errors []string) {
	return refusal(ps, "invalid_attachments", "/attachments")
}

func refusal(ps []Problem, code, argument string) (string, []string) {
	if len(ps) == 0 {
		return "", nil
	}
	if ps[0].Code == CodeInvalidFormat || ps[0].Code == CodeTooManyAttachments {
		return ps[0].Code, nil
	}
	var errors []string
	for _, p := range ps {
		errors = append(errors, p.at(argument))
	}
	return code, errors
}

// ViewError gives the response_metadata.messages of views.* for these problems:
// "[ERROR] missing required field: text [json-pointer:/view/blocks/2]". The error code beside it is
// invalid_arguments, except for CodeViewTooLarge, which is an error code itself.
func ViewError(ps []Problem) (messages []string) {
	for _, p := range ps {
		messages = append(messages, "[ERROR] "+p.at("/view"))
	}
	return messages
}

// at writes the problem the way Slack does, its pointer below the argument it was found in.
func (p Problem) at(argument string) string {
	return p.Message + " [json-pointer:" + argument + p.Pointer + "]"
}

// String is the problem for a developer's eyes.
func (p Problem) String() string { return strings.TrimSpace(p.at("")) }
