#include "proof/sent_codes.h"

#include "base/check.h"
#include "base/phone_number.h"
#include "base/record.h"
#include "base/text.h"
#include "proof/effects.h"
#include "store/address_standings.h"
#include "store/budgets.h"
#include "store/outbox.h"
#include "store/sealed_rows.h"

#include <algorithm>
#include <array>

namespace sallyport::proof {

namespace {

namespace rules = policy::challenge;
using rules::Channel;
using rules::Purpose;
using store::BudgetKind;

constexpr Duration day = std::chrono::hours{24};
constexpr std::string_view shape = "sent-code.2";

std::string_view name_of(Purpose purpose)
{
    switch (purpose) {
    case Purpose::second_factor: return "second_factor";
    case Purpose::step_up: return "step_up";
    case Purpose::reset: return "reset";
    case Purpose::new_address: return "new_address";
    case Purpose::new_number: return "new_number";
    case Purpose::own_address: return "own_address";
    case Purpose::recovery: break;
    }
    return "recovery";
}

/// The row's purpose: a code of another purpose or channel is another row.
std::string row_name(const CodePlace& place)
{
    return "code." + std::string(name_of(place.purpose)) +
           (place.channel == Channel::email ? ".mail" : ".text");
}

struct Row {
    std::string to;
    std::string code;
    rules::Challenge challenge;
    bool called = false;
};

Secret record_of(const CodePlace& place, const Row& row)
{
    return RecordWriter(shape)
        .bytes(place.account.value())
        .text(row.to)
        .text(row.code)
        .time(row.challenge.sent_at)
        .number(row.challenge.sends)
        .number(row.called ? 1 : 0)
        .take_secret();
}

/// The row, where it is of this account and its newest code is not too old.
std::optional<Row> find_row(db::Tx& tx, const World& world, const CodePlace& place, Instant now)
{
    const auto found = store::find_mailed_code(tx, world.keys, place.browser, row_name(place), now);
    if (!found) return std::nullopt;
    RecordReader reader(found->content.reveal(), shape);
    const auto account = AccountId::from_bytes(reader.bytes());
    Row row{reader.text(), reader.text(), {}, false};
    row.challenge.sent_at = reader.time();
    row.challenge.sends = reader.number();
    row.called = reader.number() != 0;
    row.challenge.tries = found->tries;
    reader.end();
    if (!account || *account != place.account) return std::nullopt;
    return row;
}

store::BudgetKey day_key(const World& world, const Asker& asker, const CodeTarget& target)
{
    return {BudgetKind::code_day, world.keys.index.of("codes", target.to + " " + asker.network)};
}

// --- what a text message costs

rules::NumberKind kind_of(PhoneKind kind)
{
    switch (kind) {
    case PhoneKind::mobile: return rules::NumberKind::mobile;
    case PhoneKind::fixed_or_mobile: return rules::NumberKind::fixed_or_mobile;
    case PhoneKind::voip: return rules::NumberKind::voip;
    case PhoneKind::fixed: return rules::NumberKind::landline;
    case PhoneKind::premium: return rules::NumberKind::premium;
    case PhoneKind::other: break;
    }
    return rules::NumberKind::other;
}

/// A budget of texts, and how much of it is open to this number.
struct Purse {
    store::BudgetKey key;
    std::int64_t limit;
    Duration window;
};
using Purses = std::array<Purse, 4>;

Purses purses_of(const World& world, const Asker& asker, const PhoneNumber& number, bool proven)
{
    const rules::SmsLimits& limits = world.texts;
    const auto key = [&world](BudgetKind kind, std::string_view value) {
        return store::BudgetKey{kind, world.keys.index.of("texts", value)};
    };
    return {{{key(BudgetKind::text_number, number.e164()), limits.number_max, limits.number_window},
             {key(BudgetKind::text_network, asker.network), limits.network_max, limits.window},
             {key(BudgetKind::text_country, number.region()), rules::share_of(limits.country_max, proven),
              limits.window},
             {key(BudgetKind::text_all, "all"), rules::share_of(limits.all_max, proven), limits.window}}};
}

SendOutcome outcome_of(const rules::SmsVerdict& verdict)
{
    switch (verdict.answer) {
    case rules::SmsAnswer::text:
    case rules::SmsAnswer::call: return {SendAnswer::sent, {}};
    case rules::SmsAnswer::no_calls: return {SendAnswer::landline, {}};
    case rules::SmsAnswer::premium_refused: return {SendAnswer::premium, {}};
    case rules::SmsAnswer::unreachable: return {SendAnswer::unreachable, {}};
    case rules::SmsAnswer::country_not_served: return {SendAnswer::not_served, {}};
    case rules::SmsAnswer::number_full:
    case rules::SmsAnswer::network_full: return {SendAnswer::wait, verdict.next_at};
    case rules::SmsAnswer::busy: break;
    }
    return {SendAnswer::busy, verdict.next_at};
}

rules::Count count_of(const store::Budget& budget) { return {budget.charged, budget.window_ends_at}; }

Task<rules::SmsVerdict> judge(World& world, PhoneNumber number, Purses purses, bool proven, bool call)
{
    std::vector<store::BudgetKey> keys;
    for (const Purse& purse : purses) keys.push_back(purse.key);
    const auto budgets = co_await store::read_budgets(world.database, keys);
    const auto& regions = world.text_regions;
    rules::SmsFacts facts;
    facts.kind = kind_of(number.kind());
    facts.proven = proven;
    facts.voice_wanted = call;
    facts.calls_made = world.text_calls;
    facts.country_served = regions.empty() || std::ranges::find(regions, number.region()) != regions.end();
    facts.number = count_of(budgets[0]);
    facts.network = count_of(budgets[1]);
    facts.country = count_of(budgets[2]);
    facts.all = count_of(budgets[3]);
    co_return rules::judge_sms(facts, world.clock.now(), world.texts);
}

/// All four or none: where one is used up meanwhile, the others get their charge back.
Task<bool> charge(World& world, Purses purses)
{
    const Instant now = world.clock.now();
    std::size_t charged = 0;
    for (const Purse& purse : purses) {
        const auto one =
            co_await store::charge_in_window(world.database, purse.key, purse.limit, purse.window, now);
        if (!one) break;
        ++charged;
    }
    if (charged == purses.size()) co_return true;
    auto give_back = [&purses, charged, now](db::Tx& tx) {
        for (std::size_t i = 0; i < charged; ++i) store::refund(tx, purses.at(i).key, 1, now);
    };
    co_await world.database.transact(std::move(give_back));
    co_return false;
}

struct Paid {
    SendOutcome outcome;
    bool call = false;
};
Task<Paid> pay(World& world, Asker asker, CodeTarget target)
{
    const auto number = PhoneNumber::from_e164(target.to);
    if (!number) co_return Paid{{SendAnswer::unreachable, {}}};
    const Purses purses = purses_of(world, asker, *number, target.proven);
    const auto verdict = co_await judge(world, *number, purses, target.proven, target.call);
    Paid paid{outcome_of(verdict), verdict.answer == rules::SmsAnswer::call};
    if (paid.outcome.answer != SendAnswer::sent) co_return paid;
    const bool charged = co_await charge(world, purses);
    if (!charged) paid.outcome = {SendAnswer::busy, world.clock.now() + world.texts.window};
    co_return paid;
}

// --- sending

std::string fresh_code(World& world)
{
    std::uint32_t codes = 1;
    for (std::int64_t i = 0; i < world.codes.digits; ++i) codes *= 10;
    const std::string digits = std::to_string(world.random.below(codes));
    return std::string(static_cast<std::size_t>(world.codes.digits) - digits.size(), '0') + digits;
}

std::string_view text_of(Purpose purpose)
{
    switch (purpose) {
    case Purpose::second_factor: return "T1";
    case Purpose::new_number: return "T2";
    case Purpose::step_up: return "T3";
    case Purpose::reset:
    case Purpose::new_address:
    case Purpose::own_address:
    case Purpose::recovery: break;
    }
    throw ProgrammingError("no text message has this purpose");
}

/// To an address that is not the account's yet: purpose, time and code only. One that another account has
/// gets no code, and whoever asked cannot tell.
void write_to_new_address(db::Tx& tx, const World& world, const store::Account& account, const Row& row,
                          bool may_tell_holder, Instant now)
{
    const auto address = Email::parse(row.to);
    CHECK(address.has_value());
    const auto holder = store::find_account(tx, address->key());
    if (!holder) {
        tell_address(tx, world, policy::notices::Kind::address_code, *address, account.language,
                     {{"code", row.code}}, now);
        return;
    }
    if (!may_tell_holder) return;
    const auto credentials = store::CredentialSet::load(tx, world.keys, *holder);
    const auto theirs = store::load_account(tx, world.keys, *holder);
    tell(tx, world, policy::notices::Kind::address_in_use, theirs, credentials, {}, now);
}

/// What the message of a step-up says besides its code.
void say_what_it_approves(const Approves& approves, Channel channel, MailFacts& facts)
{
    facts.emplace_back("deed", approves.headline);
    if (channel != Channel::email) return;
    facts.emplace_back("until", std::to_string(to_unix_ms(approves.until)));
    for (const auto& [label, value] : approves.facts) {
        facts.emplace_back("fact_label", label);
        facts.emplace_back("fact_value", value);
    }
}

/// The row and what is owed, in one transaction.
void write(db::Tx& tx, const World& world, const Asker& asker, const CodePlace& place, const Row& row,
           const CodeTarget& target, Instant now)
{
    if (row.challenge.sends == 1) {
        if (find_row(tx, world, place, now)) return;  // a parallel request has begun: its tries go on
        store::take_mailed_code(tx, place.browser, row_name(place));
    }
    store::put_mailed_code(tx, world.keys, place.browser, row_name(place), record_of(place, row),
                           now + world.codes.life);
    const auto account = store::load_account(tx, world.keys, place.account);
    MailFacts facts{{"code", row.code}};
    if (place.purpose == Purpose::new_address)
        return write_to_new_address(tx, world, account, row, target.may_tell_holder, now);
    const bool step_up = place.purpose == Purpose::step_up;
    if (step_up) say_what_it_approves(target.approves, place.channel, facts);
    if (place.channel == Channel::email) {
        const auto credentials = store::CredentialSet::load(tx, world.keys, place.account);
        // A first factor was proven: it may be said who asks (ux.md, M4).
        const auto kind =
            step_up ? policy::notices::Kind::step_up_code : policy::notices::Kind::second_factor_code;
        const MailFacts asked = facts_of(asker, now);
        facts.insert(facts.end(), asked.begin(), asked.end());
        if (place.purpose == Purpose::own_address)
            return tell_own(tx, world, policy::notices::Kind::address_again, account, credentials, row.to,
                            facts, now);
        tell(tx, world, kind, account, credentials, facts, now);
        return;
    }
    store::put_text(tx, world.keys,
                    {world.random.id<OutboxId>(now), place.account, std::string(text_of(place.purpose)),
                     row.to, account.language, with_call(std::move(facts), row.called)},
                    store::MailPriority::code, now);
}

/// What the owner of the account or a stranger with its password may ask for: the first code of a challenge
/// is counted, the next ones are a gap apart as well, also when they are asked for in parallel.
Task<std::optional<store::Budget>> charge_day(World& world, store::BudgetKey key, bool first, Instant now)
{
    const rules::Limits& limits = world.codes;
    if (first) {
        co_return co_await store::charge_in_window(world.database, key, limits.sends_a_day_max, day, now);
    }
    co_return co_await store::charge_mail(world.database, key, limits.sends_a_day_max, day, limits.send_gap,
                                          now);
}

}  // namespace

policy::phones::Reach reach_of(const World& world, const std::string& e164)
{
    const auto number = PhoneNumber::from_e164(e164);
    const auto kind = number ? kind_of(number->kind()) : rules::NumberKind::other;
    return policy::phones::reach_of(kind, world.text_calls);
}

Task<SendOutcome> may_text(World& world, Asker asker, CodeTarget target)
{
    const auto number = PhoneNumber::from_e164(target.to);
    if (!number) co_return SendOutcome{SendAnswer::unreachable, {}};
    const Purses purses = purses_of(world, asker, *number, target.proven);
    const auto verdict = co_await judge(world, *number, purses, target.proven, target.call);
    co_return outcome_of(verdict);
}

Task<SendOutcome> send_code(World& world, Asker asker, CodePlace place, CodeTarget target)
{
    const Instant now = world.clock.now();
    const auto key = day_key(world, asker, target);
    const std::vector<store::BudgetKey> keys{key};
    const auto counted = co_await store::read_budgets(world.database, keys);
    auto look = [&world, place, now](db::Tx& tx) { return find_row(tx, world, place, now); };
    const auto before = co_await world.database.transact(std::move(look));
    const std::optional<rules::Challenge> challenge =
        before ? std::optional(before->challenge) : std::nullopt;
    const auto verdict =
        rules::send_code(challenge, {counted[0].charged, counted[0].window_ends_at}, now, world.codes);
    if (!verdict.send) co_return SendOutcome{SendAnswer::wait, verdict.next_send_at};

    const auto charged = co_await charge_day(world, key, verdict.challenge.sends == 1, now);
    if (!charged) co_return SendOutcome{SendAnswer::wait, now + world.codes.send_gap};
    Row row{target.to, fresh_code(world), verdict.challenge, false};
    if (place.channel == Channel::text) {
        const auto paid = co_await pay(world, asker, target);
        if (paid.outcome.answer != SendAnswer::sent) co_return paid.outcome;
        row.called = paid.call;
    }
    auto work = [&world, &asker, place, &row, &target, now](db::Tx& tx) {
        write(tx, world, asker, place, row, target, now);
    };
    co_await world.database.transact(std::move(work));
    world.mail_is_waiting();
    co_return SendOutcome{SendAnswer::sent, now + world.codes.send_gap};
}

// --- trying

std::optional<OpenCode> read_code(db::Tx& tx, const World& world, const CodePlace& place, Instant now)
{
    auto row = find_row(tx, world, place, now);
    if (!row) return std::nullopt;
    return OpenCode{std::move(row->to), row->challenge, row->called};
}

Task<std::optional<OpenCode>> find_code(World& world, CodePlace place)
{
    auto work = [&world, place](db::Tx& tx) { return read_code(tx, world, place, world.clock.now()); };
    co_return co_await world.database.transact(std::move(work));
}

Task<CodeTry> try_code(World& world, CodePlace place, std::string typed)
{
    auto digits = typed_digits(typed);
    wipe_text(typed);
    const Instant now = world.clock.now();
    auto look = [&world, place, now](db::Tx& tx) { return find_row(tx, world, place, now); };
    const auto row = co_await world.database.transact(std::move(look));
    if (!row) co_return CodeTry{};
    // The row was found by account, purpose, channel and browser.
    const rules::Facts facts{row->challenge, true, true, true};
    if (rules::may_try(facts, now, world.codes) != rules::Answer::right) co_return CodeTry{};
    const std::int64_t left = rules::tries_left(row->challenge, world.codes);
    if (!digits || digits->size() != row->code.size()) co_return CodeTry{CodeAnswer::malformed, left, {}, {}};
    const bool charged = co_await store::charge_mailed_code(world.database, place.browser, row_name(place),
                                                            world.codes.tries_max);
    if (!charged) co_return CodeTry{};
    const bool right = equal_constant_time(as_bytes(*digits), as_bytes(row->code));
    if (!right) co_return CodeTry{CodeAnswer::wrong, left - 1, {}, row->to};
    co_return CodeTry{CodeAnswer::right, left - 1, std::move(*digits), row->to};
}

bool take_code(db::Tx& tx, const World& world, const CodePlace& place, std::string_view digits, Instant now)
{
    const auto row = find_row(tx, world, place, now);
    if (!row || !equal_constant_time(as_bytes(digits), as_bytes(row->code))) return false;
    if (!store::take_mailed_code(tx, place.browser, row_name(place))) return false;
    // Somebody reads there: whatever mails to that address met before is over.
    const auto address = place.channel == Channel::email ? Email::parse(row->to) : std::nullopt;
    if (address) store::put_standing(tx, world.keys, place.account, *address, {});
    return true;
}

}  // namespace sallyport::proof
