namespace Vitrine.ApiServer.Selectors;

/// <summary>Operators of a label selector.</summary>
internal enum LabelOperator
{
    Exists,
    DoesNotExist,
    In,
    NotIn,
    GreaterThan,
    LessThan,
}
