package audit

import "context"

// checkStored proves I1: every acknowledged message and record is stored, once.
func checkStored(ctx context.Context, w *world, s *store, r *Report) (Check, error) {
	c := Check{ID: "I1", Title: "every acknowledged record is stored exactly once"}
	records, err := s.records(ctx)
	if err != nil {
		return c, err
	}
	sums, times, err := s.submissions(ctx)
	if err != nil {
		return c, err
	}
	r.Records = len(records)
	made := map[recordKey]map[int64]string{} // who was told to have made which revision
	seen := map[string]bool{}
	for i := range w.answered {
		m := &w.answered[i]
		c.Checked++
		switch {
		case seen[m.Submission]:
			c.violate("submission %s answers two messages", m.Submission)
		case times[m.Submission] != 1:
			c.violate("submission %s is stored %d times", m.Submission, times[m.Submission])
		case sums[m.Submission] != m.SHA256:
			c.violate("submission %s is stored with other bytes", m.Submission)
		}
		seen[m.Submission] = true
		checkVerdicts(&c, m, records, made)
	}
	for k, rec := range records {
		checkRevisions(&c, k, rec, made[k], w.open == 0)
	}
	return c, nil
}

// checkVerdicts looks at the verdicts of one message.
func checkVerdicts(c *Check, m *answeredMessage, records map[recordKey]*storedRecord, made map[recordKey]map[int64]string) {
	rejected := 0
	for _, a := range m.Records {
		if a.Verdict == "rejected" {
			rejected++
			continue
		}
		c.Checked++
		k := recordKey{m.source, a.Kind, a.ID}
		rec := records[k]
		switch {
		case rec == nil:
			c.violate("%s record of submission %s was %s and is not stored", a.Kind, m.Submission, a.Verdict)
			continue
		case rec.revision < a.Revision:
			c.violate("%s record of submission %s was acknowledged as revision %d, stored is %d", a.Kind, m.Submission, a.Revision, rec.revision)
		}
		if a.Verdict == "accepted" || (a.Verdict == "needs_review" && madeBy(rec, a.Revision) == m.Submission) {
			if made[k] == nil {
				made[k] = map[int64]string{}
			}
			if other, twice := made[k][a.Revision]; twice {
				c.violate("revision %d of a %s was acknowledged to submissions %s and %s", a.Revision, a.Kind, other, m.Submission)
			}
			made[k][a.Revision] = m.Submission
		}
	}
	if (m.Class == "bad") != (rejected > 0) {
		c.violate("submission %s of class %s (%s) has %d rejections", m.Submission, m.Class, m.Form, rejected)
	}
}

func madeBy(rec *storedRecord, revision int64) string {
	if revision < 1 || int(revision) > len(rec.revisions) {
		return ""
	}
	return rec.revisions[revision-1]
}

// checkRevisions proves that the stored revisions are those that were acknowledged.
func checkRevisions(c *Check, k recordKey, rec *storedRecord, made map[int64]string, complete bool) {
	c.Checked++
	if rec.rows != 1 {
		c.violate("%s %s of %s is stored %d times", k.kind, k.id, k.source, rec.rows)
	}
	if int(rec.revision) != len(rec.revisions) {
		c.violate("%s %s of %s is at revision %d and has %d", k.kind, k.id, k.source, rec.revision, len(rec.revisions))
	}
	for i, submission := range rec.revisions {
		told, ok := made[int64(i+1)]
		switch {
		case ok && told != submission:
			c.violate("revision %d of %s %s was acknowledged to submission %s, stored is %s", i+1, k.kind, k.id, told, submission)
		case !ok && complete:
			c.violate("revision %d of %s %s of %s is stored and was acknowledged to nobody", i+1, k.kind, k.id, k.source)
		}
	}
}
