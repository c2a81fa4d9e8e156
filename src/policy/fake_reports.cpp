#include "policy/fake_reports.h"

namespace sallyport::policy::fake_reports {

Keep judge(const Charged& charged) noexcept
{
    if (!charged.report) return Keep::nothing;
    return charged.content_of_network && charged.content_of_all ? Keep::all : Keep::names;
}

Advice advise(const Given& given) noexcept
{
    Advice advice;
    advice.lock = given.password || given.code || given.recovery || given.file || given.money;
    advice.nothing_more = !advice.lock;
    advice.other_device = given.file;
    advice.change_password = given.password || given.file;
    advice.new_kit = given.recovery || given.file;
    advice.write_to_us = given.money;
    return advice;
}

Instant forgotten_until(Instant now, const Limits& limits) noexcept { return now - limits.kept; }

Instant contents_forgotten_until(Instant now, const Limits& limits) noexcept
{
    return now - limits.contents_kept;
}

}  // namespace sallyport::policy::fake_reports
