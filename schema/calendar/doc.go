// Package calendar computes when an administrative dossier is due, and says why.
//
// The days on which offices work are a dated table: weekends, public holidays,
// days swapped by announcement, Saturdays worked in their place, closures. The
// table of 2024 to 2027 is part of the program ([Shipped]); a province lays its
// own file over it ([Table.Extend]).
//
//	table := calendar.Shipped()
//	r := table.Due(calendar.Input{
//		Received: received, // a Friday afternoon before Tết
//		Term:     calendar.Term{N: 3, Unit: calendar.WorkingDays},
//		Province: "01",
//	})
//	fmt.Println(r.Due)               // end of the third working day after it
//	for _, why := range r.Reasons {} // first day not counted, Tết, …, each with its legal source
//	f := table.Compare(r, claimed)   // what the source promised: equal, earlier, later
//
// A day about which nothing was decided yet is marked so in the table, and every
// answer that rests on one is [Result.Provisional].
//
// All is pure: no clock, no I/O. A lookup costs about a microsecond, a [Table]
// is never changed once it is made, and any number of goroutines may ask it.
package calendar
