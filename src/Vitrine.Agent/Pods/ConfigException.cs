namespace Vitrine.Agent.Pods;

/// <summary>A container cannot be configured: a ConfigMap, Secret, key or field it names is missing or unusable.</summary>
internal sealed class ConfigException(string message) : Exception(message);
