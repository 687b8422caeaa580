package storage

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// Picture is what is known of a picture, by what it shows: the file that Slack has
// of it, or why there is none.
type Picture struct {
	// File is Slack's id of it, Alt what it shows, in words.
	File string `json:"file,omitempty"`
	Alt  string `json:"alt,omitempty"`
	// Missing are characters that could not be drawn.
	Missing []string `json:"missing,omitempty"`
	// Trouble is the code of what went wrong; "" when there is a file.
	Trouble string `json:"trouble,omitempty"`
}

var (
	takePictureScript = loadScript("take_picture")
	keepPictureScript = loadScript("keep_picture")
)

// Pictures gives what is known of pictures, each by the digest of what it shows; what
// nothing is known of is not among them, nor what is being drawn.
func (s *Store) Pictures(ctx context.Context, digests ...string) (map[string]Picture, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	keys := make([]string, len(digests))
	for i, digest := range digests {
		keys[i] = s.tag + "picture:" + digest
	}
	var values []any
	err := s.db.do(ctx, "pictures", func(ctx context.Context) (err error) {
		values, err = s.db.client.MGet(ctx, keys...).Result()
		return err
	})
	if err != nil {
		return nil, err
	}
	known := map[string]Picture{}
	for i, value := range values {
		if text, ok := value.(string); ok {
			if p, ok := decodePicture(text); ok {
				known[digests[i]] = p
			}
		}
	}
	return known, nil
}

// decodePicture reads a record; false for that of a lease and for one that cannot be
// read, which is as if nothing were known.
func decodePicture(text string) (p Picture, ok bool) {
	return p, json.Unmarshal([]byte(text), &p) == nil && (p.File != "" || p.Trouble != "")
}

// TakePicture gives the picture that there is a file of, else lets one caller at a time draw
// it: yours tells whether that is this one, for as long as the lease. token is the
// caller's own. When neither, somebody else is drawing it.
func (s *Store) TakePicture(ctx context.Context, digest, token string, lease time.Duration) (p Picture, known, yours bool, err error) {
	reply, err := s.run(ctx, takePictureScript, 0, []any{digest, token, lease.Milliseconds()})
	if err != nil {
		return Picture{}, false, false, err
	}
	if len(reply) != 2 {
		return Picture{}, false, false, fmt.Errorf("storage: take picture: %w", &shapeError{"what is known of a picture", reply})
	}
	if reply[0] == "yours" {
		return Picture{}, false, true, nil
	}
	text, _ := reply[1].(string)
	p, known = decodePicture(text)
	return p, known, false, nil
}

// KeepPicture remembers a picture for that long. Of two files of the same picture the
// first stays: it gives the one that is kept.
func (s *Store) KeepPicture(ctx context.Context, digest string, p Picture, life time.Duration) (Picture, error) {
	encoded, err := json.Marshal(p)
	if err != nil {
		return Picture{}, fmt.Errorf("storage: keep picture: %w", err)
	}
	reply, err := s.run(ctx, keepPictureScript, 0, []any{digest, encoded, life.Milliseconds(), p.File})
	if err != nil {
		return Picture{}, err
	}
	if len(reply) == 1 {
		if text, ok := reply[0].(string); ok {
			if kept, ok := decodePicture(text); ok {
				return kept, nil
			}
		}
	}
	return Picture{}, fmt.Errorf("storage: keep picture: %w", &shapeError{"a picture", reply})
}

// ForgetPictures makes them be drawn anew: Slack has their files no more.
func (s *Store) ForgetPictures(ctx context.Context, digests ...string) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	return s.db.do(ctx, "forget pictures", func(ctx context.Context) error {
		pipe := s.db.client.Pipeline()
		for _, digest := range digests {
			pipe.Del(ctx, s.tag+"picture:"+digest)
		}
		_, err := pipe.Exec(ctx)
		return err
	})
}

// RefuseBlock notes for that long that the workspace takes no blocks of a type.
func (s *Store) RefuseBlock(ctx context.Context, block string, life time.Duration) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	return s.db.do(ctx, "refuse block", func(ctx context.Context) error {
		return s.db.client.Set(ctx, s.tag+"refused:"+block, "1", life).Err()
	})
}

// BlockRefused tells whether the workspace took no block of the type of late.
func (s *Store) BlockRefused(ctx context.Context, block string) (refused bool, err error) {
	if err := s.enter(ctx); err != nil {
		return false, err
	}
	err = s.db.do(ctx, "block refused", func(ctx context.Context) error {
		n, err := s.db.client.Exists(ctx, s.tag+"refused:"+block).Result()
		refused = n == 1
		return err
	})
	return refused, err
}
