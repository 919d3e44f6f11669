using k8s;
using k8s.Models;

namespace Vitrine.Model.Watching;

/// <summary>
/// metadata.managedFields of what is read by the client: nothing here looks at it, it is as large as the object, and the client for ahead-of-time
/// compilation cannot write it back. A write without it leaves it as it is.
/// </summary>
public static class FieldOwners
{
    /// <summary>The same object without them; anything else as it is.</summary>
    public static T Dropped<T>(T value)
    {
        if (value is IKubernetesObject<V1ObjectMeta> { Metadata: { } metadata })
        {
            metadata.ManagedFields = null;
        }

        return value;
    }
}
