using k8s.Models;
using Vitrine.Control.Api;

namespace Vitrine.Control;

/// <summary>Owner references as the garbage collector and `kubectl` read them.</summary>
internal static class Owners
{
    /// <summary>The one reference that says "controller", or null.</summary>
    public static V1OwnerReference? ControllerOf(V1ObjectMeta meta)
    {
        foreach (var owner in meta.OwnerReferences ?? [])
        {
            if (owner.Controller == true)
            {
                return owner;
            }
        }

        return null;
    }

    public static V1OwnerReference Reference(Resource resource, V1ObjectMeta owner) => new()
    {
        ApiVersion = resource.Version,
        Kind = resource.Kind,
        Name = owner.Name,
        Uid = owner.Uid,
        Controller = true,
        BlockOwnerDeletion = true,
    };

    /// <summary>A strategic merge patch that makes an orphan the owner's.</summary>
    public static string Adoption(Resource resource, V1ObjectMeta owner, string uid) =>
        $$$"""{"metadata":{"ownerReferences":[{"apiVersion":"{{{resource.Version}}}","kind":"{{{resource.Kind}}}","name":"{{{owner.Name}}}","uid":"{{{owner.Uid}}}","controller":true,"blockOwnerDeletion":true}],"uid":"{{{uid}}}"}}""";

    /// <summary>A strategic merge patch that lets an object go.</summary>
    public static string Release(string ownerUid, string uid) =>
        $$$"""{"metadata":{"ownerReferences":[{"$patch":"delete","uid":"{{{ownerUid}}}"}],"uid":"{{{uid}}}"}}""";
}
