// Package simulator is the other side: a national portal of the first
// generation ("DongBoHoSoMC") that speaks the real wire format, misbehaves on
// demand, and writes down what it stored before it says so. It shares no code
// with the gateway, so that a misreading of the contract cannot hide on both sides.
//
// # Use
//
//	portal, err := simulator.New(simulator.Options{LogPath: "portal.jsonl"})
//	defer portal.Close()
//	server := httptest.NewServer(portal.Handler()) // or Options.Addr and portal.Run(ctx)
//
// Everything that it does can be switched at the start ([Options], or a document for
// [ReadSwitches]) and while it runs: by [Simulator.SetFault] and
// [Simulator.SetSwitches], on a page for people, or over loopback:
//
//	GET  /_sim/                  the page: what stands, and the switches
//	GET  /_sim/state             counts, load, sessions, open faults, switches
//	GET  /_sim/calls             the last hundred calls
//	POST /_sim/faults            {"name":"stored_answer_lost","on":true,"share":0.1,"ops":["dossier"],"of":["national"]}, or a list; GET: what is on
//	POST /_sim/switches          what of [Switches] shall change: {"lookup_lag":"5s","peak":{"when":"now"}}; GET: all of them
//	POST /_sim/sessions/expire   every session is forgotten
//	POST /_sim/listener          {"up":false,"for":"5s"}: the port is closed, then the same one opened again
//	GET  /_sim/dossiers?q=…      the hundred touched last whose MaHoSo contains the text
//	GET  /_sim/dossiers/{MaHoSo} what is stored, without any look-up lag
//	GET  /_sim/events            what stands at the sink, the hundred subjects touched last
//	POST /_sim/born              a JSON object: a dossier is born on the portal; GET: the list, with what was sent back
//
// Bodies are JSON and say so (Content-Type: application/json).
//
// Beside the portal stands a sink, a data store that takes CloudEvents at /sink/events; see [Sink]. Faults
// hit it as they hit the portal, as far as they are not about codes and sentences.
//
// It calls nobody: files that records point to are pulled only where Files says
// so, and then from this machine or in pretence.
//
// What is switched while it runs lasts as long as the process; a restart begins with its
// options again.
//
// # The log
//
// The log is the storage. It is an append-only file of JSON lines; every line
// leaves in one write(2), before the answer leaves and before its effect can be
// seen by any look-up. All effects of one call and, where it is known by then,
// its answer leave in the same write. A process killed by a signal therefore
// loses nothing that it answered. On start the state is rebuilt from the
// file. A torn last line is cut off, and so is a last group of effects whose
// members (index 0 to of-1) are not all there; nobody was told about either. A
// reader of the file does the same. (There is no fsync: the log
// survives the death of the process, not of the machine.)
//
// Every line has three members first:
//
//	type  "start" | "call" | "effect" | "event" | "answer" | "fault" | "switch" | "file" | "born" | "status" | "document" | "trace" |
//	      "number" | "upload"
//	seq   1, 2, 3 … without gaps over all types and over restarts
//	at    when the line was written: RFC 3339 with up to nine decimals, UTC, never before the line above
//
// and then, all of them always present unless "if" is said:
//
//	start   version      1, the version of this format
//	        seed         of the pseudo-random choices
//	        switches     all of [Switches] but accounts and faults; the faults of the start follow as lines
//
//	call    arrived      when the handler got the call, before any injected delay
//	        op           "login" | "dossier" | "progress" | "lookup" | "catalogue" | "status" | "document" |
//	             "number" | "upload" | "state" | "event" | "event_lookup" | "other"
//	        service      the name in the envelope as sent ("login" for a login, "" if unreadable)
//	        updating     isUpdating of a dossier call
//	        items        number of records in it
//	        keys         their MaHoSo (DocCode) in order, or the one of a look-up ("" where missing); [] if none
//
//	effect  portal       "ministry" if it is that of gen-2
//	        kind         "create" | "update" | "step" | "state" (gen-2: CapNhatTrangThai)
//	        key          MaHoSo
//	        body         the stored record exactly as sent, without insignificant white space
//	        call         seq of the call line
//	        index, of    place in the group of effects of this call, from 0
//	        late         true if it was applied after the connection had been cut (fault applied_late)
//	        duplicate    step: its (MaHoSo, ThoiDiemXuLy, TrangThai) was stored before; update: equal as
//	                     JSON to the record it replaces; state: equal as JSON to one before; create: never
//
//	event   id, subject, sequence, body: what arrived at the sink, exactly as sent without insignificant white space
//	        call, index, of, late: as in effect
//	        duplicate    its id was taken before
//	        stale        its subject has a higher sequence
//	        effect       it changed what stands; false for a duplicate or stale one, unless the sink is forgetful
//
//	answer  call         seq of the call line
//	        status       HTTP status; 0 when no status line was sent
//	        error_code   the code in the body as text, "" when there was none to read
//	        fault        name of the injected fault that shaped the answer, "capacity" when there was
//	                     none left, "" when none
//	        answered     true: the answer goes to the network next, whole or as the fault has mangled
//	                     it; false: the connection is cut or left hanging
//
//	fault   name         a fault, or "listener_down", or "sessions_expire"
//	        on           switched on or off (a used-up count switches off by itself)
//	        params       the members of the switch request
//
//	switch  switches     all that stands from here on, as in start; faults that are switched with it
//	                     follow as lines
//
//	file    key, call    the record (of that call) that points to the file
//	        pointer      RFC 6901, into the record
//	        outcome      "fetched" | "unreachable" | "skipped" (not on this machine)
//	        status       HTTP status; 0 without an answer
//
//	born, status, document, trace: what stands beside the dossiers of DongBoHoSoMC
//	        key          MaHoSo of a portal-born dossier; DocCode of a document of 2017
//	        body         the object as sent, without insignificant white space
//	        call         seq of the call line; 0: announced over /_sim/born
//	        late         as in effect
//	        duplicate    status: its (MaHoSo, NgayXuLy, TrangThai) was stored before; document: equal to what
//	                     it replaces; trace: equal to one before; born: never
//	        conflict     status: its MaHoSoDonVi is not the one of the statuses before, or was given to another
//	                     MaHoSo; else false
//
//	number, upload: what gen-2 gave out
//	        key          the number of a dossier; the id of a file
//	        hash         of a file: "sha256:" and 64 hexadecimal digits
//	        call, late   as in effect
//
// Every call that is read has one call line, written on arrival (so calls that start
// while somebody's breaker is open can be found), and at most one answer line; it has none when the
// process died first. A connection refused before a request could be read leaves no line.
// A write announced by applied_late and not yet applied is lost with the process, and so is
// a file that waits to be pulled.
package simulator
