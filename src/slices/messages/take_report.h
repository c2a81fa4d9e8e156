#pragma once
// A report on a mail of ours, by a mailbox or a webhook: the message gets it in the account's list, and the
// address what it says (policy/deliverability.h). Nothing here is answered by mail.
#include "policy/deliverability.h"
#include "slices/messages/delivery_report.h"
#include "store/keys.h"

#include "db/database.h"

namespace sallyport::messages {

Task<policy::deliverability::ReportAnswer> take_report(db::Database& database, const store::Keys& keys,
                                                       Instant now, DeliveryReport report);

/// For the log and the operator: "counted", "message only", "forged" …
std::string_view name_of(policy::deliverability::ReportAnswer answer) noexcept;

}  // namespace sallyport::messages
