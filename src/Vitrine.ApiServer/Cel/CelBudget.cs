namespace Vitrine.ApiServer.Cel;

/// <summary>
/// What rules may cost, in units of about 100 ns (k8s.io/apiserver/pkg/apis/cel: PerCallLimit and RuntimeCELCostBudget): a step is one, a text or list that is
/// gone through a tenth for each element.
/// </summary>
internal sealed class CelBudget
{
    public const long PerCall = 1_000_000;
    public const long PerObject = 10_000_000;

    private long _left = PerObject;
    private long _call;

    public void BeginCall() => _call = Math.Min(PerCall, _left);

    /// <summary>Throws <see cref="CelCostFault"/>.</summary>
    public void Spend(long cost)
    {
        _left -= cost;
        _call -= cost;
        if (_left < 0)
        {
            throw new CelCostFault("validation failed due to running out of cost budget, no further validation rules will be run");
        }
        if (_call < 0)
        {
            throw new CelCostFault("operation cancelled: actual cost limit exceeded");
        }
    }

    /// <summary>Of going through so many characters or elements.</summary>
    public void Traverse(long length) => Spend(1 + (length / 10));
}
