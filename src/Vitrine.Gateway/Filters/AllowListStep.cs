using Vitrine.Gateway.Listening;
using Vitrine.Gateway.Requests;
using Vitrine.Model.Plans.Gateway;

namespace Vitrine.Gateway.Filters;

internal sealed class AllowListStep(AllowListFilter filter) : FilterStep
{
    private readonly AddressRanges ranges = new(filter.Ranges);

    public override ValueTask<bool> AskAsync(Exchange exchange) =>
        ranges.Contain(exchange.Client) != filter.Deny ? ValueTask.FromResult(true) : exchange.RefuseAsync(403, "this address may not ask for this");
}
