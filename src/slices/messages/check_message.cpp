#include "slices/messages/check_message.h"

#include "base/email.h"
#include "base/phone_number.h"
#include "base/text.h"
#include "store/budgets.h"

namespace sallyport::messages {

namespace checks = policy::message_checks;

std::optional<Recipient> typed_recipient(std::string_view typed)
{
    if (const auto email = Email::parse(typed)) return Recipient{email->address(), email->masked()};
    std::string number(trim(typed));
    if (number.starts_with("00")) number.replace(0, 2, "+");
    if (const auto phone = PhoneNumber::parse(number, {})) return Recipient{phone->e164(), phone->masked()};
    return std::nullopt;
}

Task<CheckOutcome> check_message(proof::World& world, std::string network, crypto::MessageNumber number,
                                 std::string recipient)
{
    constexpr checks::Limits limits;
    const Instant now = world.clock.now();
    const store::BudgetKey key{store::BudgetKind::message_checks,
                               world.keys.index.of("message_checks", network)};
    const auto charged =
        co_await store::charge_in_window(world.database, key, limits.checks_max, limits.window, now);
    if (!charged) {
        const std::vector<store::BudgetKey> keys{key};
        const auto used = co_await store::read_budgets(world.database, keys);
        const checks::Count count{used[0].charged, used[0].window_ends_at};
        co_return CheckOutcome{checks::next_at(count, now, limits), std::nullopt};
    }
    auto found = co_await store::find_message(world.database, world.keys, number, std::move(recipient));
    CheckOutcome outcome;
    if (checks::judge(found.facts, now, limits) == checks::Answer::genuine)
        outcome.message = std::move(found.message);
    co_return outcome;
}

}  // namespace sallyport::messages
