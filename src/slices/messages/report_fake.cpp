#include "slices/messages/report_fake.h"

#include "base/record.h"
#include "proof/effects.h"
#include "proof/stop_code.h"
#include "slices/messages/fake_names.h"
#include "store/budgets.h"

#include <algorithm>

namespace sallyport::messages {

namespace {

namespace rules = policy::fake_reports;
using policy::notices::Kind;

constexpr rules::Limits limits;
constexpr std::string_view shape = "fake_report";
constexpr std::string_view mark = "F-";
constexpr std::int64_t told_at_once = 100;  // findings, a round

bool has_nul(std::string_view bytes)
{
    constexpr std::size_t looked_at = 4096;
    return bytes.substr(0, looked_at).find('\0') != std::string_view::npos;
}

std::string codes_of(const rules::Given& given)
{
    std::string codes;
    const auto add = [&codes](bool is, std::string_view code) {
        if (!is) return;
        if (!codes.empty()) codes += ' ';
        codes += code;
    };
    add(given.password, "password");
    add(given.code, "code");
    add(given.recovery, "recovery");
    add(given.file, "file");
    add(given.money, "money");
    return codes;
}

/// What reading a report gives: ready to be stored.
struct ReadFake {
    std::vector<store::FakeName> names;
    bool signed_by_us = false;
    Bytes content, picture;
};

ReadFake read_fake(const FakeCommand& command, const store::Keys& keys, const DkimKeys& signing,
                   const std::string& reference)
{
    ReadFake read;
    FakeNames names;
    names.read_where(command.where);
    const auto mails = read_upload(command.text);
    if (mails) {
        for (const UploadedMail& mail : *mails) {
            names.read_mail(mail);
            const auto signatures = check_signatures(mail.raw, signing);
            read.signed_by_us =
                read.signed_by_us || std::ranges::find(signatures, policy::mail_checks::Signature::whole,
                                                       &CheckedSignature::state) != signatures.end();
        }
    } else {
        names.read_text(command.text);  // too many parts for us, or nothing: as it stands
    }
    read.names = names.take();
    if (!command.text.empty() || !command.where.empty()) {
        RecordWriter writer(shape);
        writer.bytes(as_bytes(command.where)).bytes(as_bytes(command.text));
        read.content = store::sealed_fake(keys, reference, store::FakePart::content, writer.take());
    }
    if (!command.picture.empty())
        read.picture =
            store::sealed_fake(keys, reference, store::FakePart::picture, as_bytes(command.picture));
    return read;
}

store::BudgetKey key_of(const proof::World& world, store::BudgetKind kind, std::string_view who)
{
    return {kind, world.keys.index.of("fake_reports", who)};
}

Task<std::optional<Instant>> wait_of(proof::World& world, store::BudgetKey key)
{
    const std::vector<store::BudgetKey> keys{std::move(key)};
    const auto used = co_await store::read_budgets(world.database, keys);
    co_return used[0].window_ends_at;
}

/// Not before its report was taken: a text that waits for its reader fills nothing.
Task<rules::Keep> keep_of(proof::World& world, std::string network, Instant now)
{
    using store::BudgetKind;
    rules::Charged charged{.report = true};
    auto own = key_of(world, BudgetKind::fake_contents, network);
    const auto by_network = co_await store::charge_in_window(
        world.database, std::move(own), limits.contents_max, limits.contents_window, now);
    charged.content_of_network = by_network.has_value();
    if (charged.content_of_network) {
        auto all = key_of(world, BudgetKind::fake_contents, {});
        const auto by_all = co_await store::charge_in_window(
            world.database, std::move(all), limits.contents_all_max, limits.contents_window, now);
        charged.content_of_all = by_all.has_value();
    }
    co_return rules::judge(charged);
}

/// In the account of who was signed in: a line in its history, and a mail with the reference alone.
void tell_reporter(db::Tx& tx, const proof::World& world, const AccountId& account,
                   const std::string& reference, const proof::Asker& asker, Instant now)
{
    const auto credentials = store::CredentialSet::load(tx, world.keys, account);
    const auto owner = store::load_account(tx, world.keys, account);
    proof::tell(tx, world, Kind::fake_reported, owner, credentials,
                {{"at", std::to_string(to_unix_ms(now))}, {"case", shown_reference(reference)}}, now);
    proof::note(tx, world, account, "fake_reported", asker, now, shown_reference(reference));
}

void tell_finding(db::Tx& tx, const proof::World& world, const store::FakeReport& report, Instant now)
{
    if (!report.account) return;
    const auto credentials = store::CredentialSet::load(tx, world.keys, *report.account);
    if (credentials.state() == store::AccountState::closed) return;
    const auto owner = store::load_account(tx, world.keys, *report.account);
    const Kind kind =
        report.finding == rules::Finding::fake ? Kind::report_was_fake : Kind::report_was_genuine;
    proof::tell(tx, world, kind, owner, credentials,
                {{"at", std::to_string(to_unix_ms(now))}, {"case", shown_reference(report.reference)}}, now);
    proof::note(tx, world, *report.account, "fake_answered", {{}, {}, {}, "en", {}}, now,
                shown_reference(report.reference));
}

}  // namespace

FileKind kind_of_file(std::string_view bytes) noexcept
{
    if (!picture_type(bytes).empty()) return FileKind::picture;
    return bytes.starts_with("%PDF") || has_nul(bytes) ? FileKind::other : FileKind::mail;
}

std::string_view picture_type(std::string_view bytes) noexcept
{
    using namespace std::string_view_literals;
    constexpr std::size_t webp_at = 8;  // after "RIFF" and the length
    if (bytes.starts_with("\x89PNG\r\n\x1a\n"sv)) return "png";
    if (bytes.starts_with("\xff\xd8\xff"sv)) return "jpeg";
    if (bytes.starts_with("RIFF"sv) && bytes.size() > webp_at && bytes.substr(webp_at).starts_with("WEBP"sv))
        return "webp";
    return {};
}

std::string shown_reference(std::string_view reference)
{
    return std::string(mark) + proof::shown_stop_code(reference);
}

std::optional<std::string> typed_reference(std::string_view typed)
{
    if (typed.starts_with(mark) || typed.starts_with("f-")) typed.remove_prefix(mark.size());
    return proof::typed_stop_code(typed);
}

std::optional<FakeContent> content_of_fake(const store::Keys& keys, std::string_view reference,
                                           BytesView sealed)
{
    const auto plain = store::opened_fake(keys, reference, store::FakePart::content, sealed);
    if (!plain) return std::nullopt;
    RecordReader reader(as_bytes(plain->reveal_text()), shape);
    FakeContent content;
    content.where = as_text(reader.bytes());
    content.text = as_text(reader.bytes());
    reader.end();
    return content;
}

Task<FakeOutcome> report_fake(proof::World& world, std::shared_ptr<MailChecks> checks, proof::Asker asker,
                              FakeCommand command)
{
    const Instant now = world.clock.now();
    FakeOutcome outcome;
    const auto key = key_of(world, store::BudgetKind::fake_reports, asker.network);
    const auto charged =
        co_await store::charge_in_window(world.database, key, limits.reports_max, limits.window, now);
    if (!charged) {
        auto until = co_await wait_of(world, key);
        outcome.wait_until = until;
        co_return outcome;
    }
    const std::string reference = proof::fresh_stop_code(world.random);
    auto asked = std::make_shared<const FakeCommand>(std::move(command));
    std::function<ReadFake()> reading = [&world, checks, asked, reference] {
        return read_fake(*asked, world.keys, checks->keys, reference);
    };
    auto read = co_await checks->side.run<ReadFake>(std::move(reading));
    outcome.busy = !read.has_value();
    if (outcome.busy) co_return outcome;
    const auto keep = co_await keep_of(world, asker.network, now);
    store::FakeReport report;
    report.reference = reference;
    report.account = asked->account;
    report.network = key.key;
    report.channel = asked->channel;
    report.given = codes_of(asked->given);
    report.signed_by_us = read->signed_by_us;
    report.made_at = now;
    if (keep == rules::Keep::all) {
        report.content = std::move(read->content);
        report.picture = std::move(read->picture);
    }
    auto work = [&world, &report, &read, &asker, now](db::Tx& tx) {
        store::put_fake_report(tx, report, read->names);
        if (report.account) tell_reporter(tx, world, *report.account, report.reference, asker, now);
    };
    co_await world.database.transact(work);
    if (report.account) world.mail_is_waiting();
    outcome.reference = shown_reference(reference);
    outcome.signed_by_us = report.signed_by_us;
    outcome.advice = rules::advise(asked->given);
    co_return outcome;
}

Task<std::int64_t> tell_findings(proof::World& world)
{
    auto look = [](db::Tx& tx) { return store::untold_findings(tx, told_at_once); };
    const auto found = co_await world.database.transact(look);
    std::int64_t told = 0;
    for (const store::FakeReport& report : found) {
        auto work = [&world, &report](db::Tx& tx) {
            if (!store::note_told(tx, report.reference)) return false;
            tell_finding(tx, world, report, world.clock.now());
            return true;
        };
        try {
            const bool here = co_await world.database.transact(work);
            told += here ? 1 : 0;
        } catch (const store::TamperedRow&) {
            continue;  // alarmed; the others are told
        }
    }
    if (told > 0) world.mail_is_waiting();
    co_return told;
}

}  // namespace sallyport::messages
