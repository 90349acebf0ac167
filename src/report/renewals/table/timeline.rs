//! The timeline of the table: a few months of the past, the year ahead, and where each credential stands in it.
//!
//! Owns: which period is shown, and which column means what. Does not own: colors.

use chrono::{DateTime, Datelike as _, Months, NaiveDate, NaiveTime, TimeDelta, Utc};

use crate::renewal::{Renewal, Status};

/// What stands in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// Nothing.
    Nothing,
    /// The beginning of a month.
    Month,
    /// Time in which the credential was valid.
    Past,
    /// Time in which it will be.
    Ahead,
    /// Time in which it should be renewed.
    Window,
    /// Its end.
    End,
    /// The end of one that has been replaced.
    FormerEnd,
    /// The run's clock.
    Today,
    /// The end lies before the timeline.
    Earlier,
    /// The end lies behind the timeline.
    After,
}

impl Mark {
    pub(super) const fn symbol(self) -> char {
        match self {
            Self::Nothing => ' ',
            Self::Month => '·',
            Self::Past => '─',
            Self::Ahead => '━',
            Self::Window => '▒',
            Self::End => '◆',
            Self::FormerEnd => '◇',
            Self::Today => '│',
            Self::Earlier => '‹',
            Self::After => '›',
        }
    }
}

/// How far back an end may lie and still be on the timeline.
const BACK: TimeDelta = TimeDelta::days(92);

/// How far ahead: a year, and some for those who are early.
const AHEAD: TimeDelta = TimeDelta::days(400);

/// A period of whole months over some columns.
pub(super) struct Timeline {
    now: DateTime<Utc>,
    start: DateTime<Utc>,
    end: DateTime<Utc>,
    columns: usize,
}

impl Timeline {
    /// The period in which something happens to `renewals`. Nothing where the calendar has no room around `now`.
    pub(super) fn new(renewals: &[Renewal], now: DateTime<Utc>, columns: usize) -> Option<Self> {
        let (earliest, latest) = (now.checked_sub_signed(BACK)?, now.checked_add_signed(AHEAD)?);
        let ends = renewals
            .iter()
            .filter(|renewal| renewal.status != Status::Superseded)
            .filter_map(|renewal| renewal.record.validity().map(|validity| validity.not_after))
            .filter(|end| (earliest..=latest).contains(end));
        let around =
            [now.checked_sub_signed(TimeDelta::days(31))?, now.checked_add_signed(TimeDelta::days(62))?];
        let (mut start, mut end) = (around[0], around[1]);
        for instant in ends {
            start = start.min(instant);
            end = end.max(instant);
        }
        let start = month_of(start)?;
        let end = month_of(end)?.checked_add_months(Months::new(1))?;
        Some(Self { now, start: midnight(start), end: midnight(end), columns })
    }

    /// Years and months, to stand above the columns.
    pub(super) fn axis(&self) -> [String; 2] {
        let mut years = vec![' '; self.columns];
        let mut months = vec![' '; self.columns];
        let beginnings: Vec<(NaiveDate, usize)> = self.months().collect();
        let room = self.columns / beginnings.len().max(1);
        for (index, (month, column)) in beginnings.iter().enumerate() {
            let name = month.format("%b").to_string();
            let name = match room {
                0 | 1 => "",
                2 | 3 => name.get(..1).unwrap_or_default(),
                _ => &name,
            };
            put(&mut months, *column, name);
            // The first month names its year, unless January comes before that is written out.
            let january = beginnings.iter().skip(1).find(|(month, _)| month.month() == 1);
            let fits = january.is_none_or(|(_, january)| *january >= column + 5);
            if month.month() == 1 || index == 0 && fits {
                put(&mut years, *column, &month.year().to_string());
            }
        }
        [years, months].map(|line| line.into_iter().collect::<String>().trim_end().to_owned())
    }

    /// The columns of one credential.
    pub(super) fn bar(&self, renewal: &Renewal) -> Vec<Mark> {
        let mut bar = vec![Mark::Nothing; self.columns];
        for (_, column) in self.months() {
            set(&mut bar, Some(column), Mark::Month);
        }
        let today = self.column(self.now);
        let known = renewal.record.validity().filter(|_| renewal.status != Status::Unknown);
        if let Some(validity) = known {
            let (from, to) = (self.reach(validity.not_before), self.reach(validity.not_after));
            let window = renewal.renew_by.map_or(to, |by| self.reach(by));
            for (column, mark) in bar.iter_mut().enumerate().take(to).skip(from) {
                *mark = match today {
                    _ if column >= window => Mark::Window,
                    Some(today) if column < today => Mark::Past,
                    _ => Mark::Ahead,
                };
            }
        }
        set(&mut bar, today, Mark::Today);
        if let Some(validity) = known {
            let former = renewal.status == Status::Superseded;
            if validity.not_after < self.start {
                set(&mut bar, Some(0), Mark::Earlier);
            } else if validity.not_after >= self.end {
                set(&mut bar, self.columns.checked_sub(1), Mark::After);
            } else {
                let mark = if former { Mark::FormerEnd } else { Mark::End };
                set(&mut bar, self.column(validity.not_after), mark);
            }
        }
        bar
    }

    /// The beginnings of all months, with their columns.
    fn months(&self) -> impl Iterator<Item = (NaiveDate, usize)> + '_ {
        let first = self.start.date_naive();
        (0..).map_while(move |months| {
            let month = first.checked_add_months(Months::new(months))?;
            Some((month, self.column(midnight(month))?))
        })
    }

    /// The column in which `instant` lies, if it lies on the timeline.
    fn column(&self, instant: DateTime<Utc>) -> Option<usize> {
        (self.start <= instant && instant < self.end).then(|| self.reach(instant))
    }

    /// How many columns lie wholly before `instant`.
    fn reach(&self, instant: DateTime<Utc>) -> usize {
        let whole = (self.end - self.start).num_seconds().max(1);
        let part = (instant.clamp(self.start, self.end) - self.start).num_seconds();
        let columns = i64::try_from(self.columns).unwrap_or_default();
        usize::try_from(part * columns / whole).unwrap_or_default()
    }
}

fn month_of(instant: DateTime<Utc>) -> Option<NaiveDate> {
    instant.date_naive().with_day(1)
}

fn midnight(date: NaiveDate) -> DateTime<Utc> {
    date.and_time(NaiveTime::MIN).and_utc()
}

fn set(bar: &mut [Mark], column: Option<usize>, mark: Mark) {
    if let Some(place) = column.and_then(|column| bar.get_mut(column)) {
        *place = mark;
    }
}

/// Writes `text` from `column` on, as far as there is room.
fn put(line: &mut [char], column: usize, text: &str) {
    for (place, character) in line.iter_mut().skip(column).zip(text.chars()) {
        *place = character;
    }
}
