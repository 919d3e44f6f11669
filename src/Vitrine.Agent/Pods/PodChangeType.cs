namespace Vitrine.Agent.Pods;

internal enum PodChangeType
{
    Listed,
    Set,
    Deleted,
}
