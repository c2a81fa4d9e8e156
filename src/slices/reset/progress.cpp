#include "slices/reset/progress.h"

#include "base/record.h"

namespace sallyport::reset {

namespace {

namespace rules = policy::reset;

constexpr std::string_view shape = "reset.1";

RecordWriter& put_moment(RecordWriter& writer, const std::optional<Instant>& at)
{
    return writer.flag(at.has_value()).time(at.value_or(Instant{}));
}

std::optional<Instant> moment(RecordReader& reader)
{
    const bool there = reader.flag();
    const Instant at = reader.time();
    return there ? std::optional(at) : std::nullopt;
}

Secret record_of(const Progress& progress)
{
    RecordWriter writer(shape);
    writer.text(progress.email.address()).bytes(progress.account.value()).time(progress.begun);
    writer.number(static_cast<std::int64_t>(progress.stage));
    writer.time(progress.challenge.sent_at).number(progress.challenge.sends).text(progress.code);
    put_moment(writer, progress.password_at).flag(progress.has_pass).flag(progress.proven.has_value());
    const Proven proven = progress.proven.value_or(Proven{policy::Method::totp, FactorId(Uuid{})});
    writer.number(static_cast<std::int64_t>(proven.method)).bytes(proven.factor.value());
    const store::StoredHash password = progress.password.value_or(store::StoredHash{{}, 0});
    writer.flag(progress.password.has_value()).text(password.phc).number(password.pepper);
    writer.bytes(progress.app_key.reveal());
    return put_moment(writer, progress.held_until).take_secret();
}

template <class Id>
Id id_in(RecordReader& reader)
{
    const auto id = Id::from_bytes(reader.bytes());
    CHECK(id.has_value());
    return *id;
}

Progress progress_of(const store::MailedCode& row)
{
    RecordReader reader(row.content.reveal(), shape);
    const auto email = Email::parse(reader.text());
    CHECK(email.has_value());
    const auto account = id_in<AccountId>(reader);
    Progress progress{.email = *email, .account = account};
    progress.begun = reader.time();
    progress.stage = static_cast<rules::Stage>(reader.number());
    progress.challenge.sent_at = reader.time();
    progress.challenge.sends = reader.number();
    progress.challenge.tries = row.tries;
    progress.code = reader.text();
    progress.password_at = moment(reader);
    progress.has_pass = reader.flag();
    const bool proven = reader.flag();
    const auto method = static_cast<policy::Method>(reader.number());
    const auto factor = id_in<FactorId>(reader);
    if (proven) progress.proven = Proven{method, factor};
    const bool chosen = reader.flag();
    std::string phc = reader.text();
    const std::int64_t pepper = reader.number();
    if (chosen) progress.password = store::StoredHash{std::move(phc), pepper};
    progress.app_key = reader.secret();
    progress.held_until = moment(reader);
    reader.end();
    return progress;
}

}  // namespace

std::optional<Found> find(db::Tx& tx, const proof::World& world, Purpose purpose,
                          const store::TokenHash& secret, Instant now)
{
    const auto row = store::find_mailed_code(tx, world.keys, secret, name_of(purpose), now);
    if (!row) return std::nullopt;
    return Found{purpose, secret, progress_of(*row)};
}

void save(db::Tx& tx, const proof::World& world, const Found& found)
{
    store::put_mailed_code(tx, world.keys, found.secret, name_of(found.purpose), record_of(found.progress),
                           found.progress.begun + limits.row_life);
}

void end(db::Tx& tx, const Found& found)
{
    store::take_mailed_code(tx, found.secret, name_of(found.purpose));
}

Task<std::optional<Found>> read_progress(proof::World& world, Purpose purpose, store::TokenHash secret)
{
    auto work = [&world, purpose, secret](db::Tx& tx) {
        return find(tx, world, purpose, secret, world.clock.now());
    };
    co_return co_await world.database.transact(std::move(work));
}

std::string_view name_of(Purpose purpose) noexcept { return purpose == Purpose::reset ? "reset" : "recover"; }

std::string fresh_code(ports::Random& random)
{
    constexpr std::uint32_t codes = 100'000'000;
    std::string digits = std::to_string(random.below(codes));
    return std::string(static_cast<std::size_t>(code_limits.digits) - digits.size(), '0') + digits;
}

policy::sign_in::AccountState state_for(Purpose purpose, const store::CredentialSet& credentials)
{
    using policy::sign_in::AccountState;
    switch (credentials.state()) {
    case store::AccountState::active: return AccountState::active;
    case store::AccountState::locked:
        return purpose == Purpose::recover ? AccountState::active : AccountState::locked;
    case store::AccountState::closed: break;
    }
    return AccountState::closed;
}

policy::reset::Facts facts_of(const Found& found, const store::CredentialSet& credentials)
{
    const Progress& progress = found.progress;
    return {.row = {progress.stage, progress.begun},
            .same_account = credentials.account() == progress.account &&
                            credentials.primary_address() == progress.email &&
                            credentials.password_changed_at() == progress.password_at,
            .same_browser = true,  // whoever has the cookie's secret
            .state = state_for(found.purpose, credentials)};
}

}  // namespace sallyport::reset
