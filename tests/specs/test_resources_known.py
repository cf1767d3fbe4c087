"""Resources of real services against what is known of them, and how much of all services is understood."""

from __future__ import annotations

import functools

import pytest

from conformance.specs import ingest
from conformance.specs.model import Service
from conformance.specs.resources.handle_references import References
from conformance.specs.resources.inference import inferred_resources, input_bindings
from conformance.specs.resources.resource import Resource
from conformance.values.paths import format_path
from quality.resources_inferred import measure


@functools.lru_cache(maxsize=8)
def known(name: str) -> tuple[Service, dict[str, Resource]]:
    model = ingest.installed_spec(name).service
    return model, {each.name: each for each in inferred_resources(model)}


# service, resource, first handle, delete, read and where its description is
KNOWN = """
acm Certificate answer:CertificateArn DeleteCertificate DescribeCertificate Certificate
apigateway Authorizer answer:id DeleteAuthorizer GetAuthorizer .
apigateway Resource answer:id DeleteResource GetResource .
apigateway RestApi answer:id DeleteRestApi GetRestApi .
apigateway Stage request:stageName DeleteStage GetStage .
autoscaling LifecycleHook request:LifecycleHookName DeleteLifecycleHook DescribeLifecycleHooks LifecycleHooks[*]
batch JobQueue request:jobQueueName DeleteJobQueue DescribeJobQueues jobQueues[*]
cloudformation Stack request:StackName DeleteStack DescribeStacks Stacks[*]
cloudfront CachePolicy answer:CachePolicy.Id DeleteCachePolicy GetCachePolicy CachePolicy
cognito-idp UserPool answer:UserPool.Id DeleteUserPool DescribeUserPool UserPool
cognito-idp UserPoolClient answer:UserPoolClient.ClientId DeleteUserPoolClient DescribeUserPoolClient UserPoolClient
dynamodb Table request:TableName DeleteTable DescribeTable Table
ec2 Instance answer:Instances[0].InstanceId TerminateInstances DescribeInstances Reservations[*].Instances[*]
ec2 SecurityGroup answer:GroupId DeleteSecurityGroup DescribeSecurityGroups SecurityGroups[*]
ec2 Subnet answer:Subnet.SubnetId DeleteSubnet DescribeSubnets Subnets[*]
ec2 Volume answer:VolumeId DeleteVolume DescribeVolumes Volumes[*]
ec2 Vpc answer:Vpc.VpcId DeleteVpc DescribeVpcs Vpcs[*]
ecs Cluster request:clusterName DeleteCluster DescribeClusters clusters[*]
ecs Service request:serviceName DeleteService DescribeServices services[*]
ecs TaskSet answer:taskSet.id DeleteTaskSet DescribeTaskSets taskSets[*]
efs FileSystem answer:FileSystemId DeleteFileSystem DescribeFileSystems FileSystems[*]
eks Cluster request:name DeleteCluster DescribeCluster cluster
elasticache CacheCluster request:CacheClusterId DeleteCacheCluster DescribeCacheClusters CacheClusters[*]
elbv2 Rule answer:Rules[0].RuleArn DeleteRule DescribeRules Rules[*]
events Rule request:Name DeleteRule DescribeRule .
glue Database request:DatabaseInput.Name DeleteDatabase GetDatabase Database
iam AccessKey answer:AccessKey.AccessKeyId DeleteAccessKey - .
iam Policy answer:Policy.Arn DeletePolicy GetPolicy Policy
iam Role request:RoleName DeleteRole GetRole Role
kinesis Stream request:StreamName DeleteStream DescribeStream StreamDescription
kms Key answer:KeyMetadata.KeyId ScheduleKeyDeletion DescribeKey KeyMetadata
lambda Alias request:Name DeleteAlias GetAlias .
lambda EventSourceMapping answer:UUID DeleteEventSourceMapping GetEventSourceMapping .
lambda Function request:FunctionName DeleteFunction GetFunction Configuration
logs LogGroup request:logGroupName DeleteLogGroup DescribeLogGroups logGroups[*]
rds DBInstance request:DBInstanceIdentifier DeleteDBInstance DescribeDBInstances DBInstances[*]
route53 HostedZone answer:HostedZone.Id DeleteHostedZone GetHostedZone HostedZone
s3 Bucket request:Bucket DeleteBucket HeadBucket .
sagemaker Endpoint request:EndpointName DeleteEndpoint DescribeEndpoint .
secretsmanager Secret answer:ARN DeleteSecret DescribeSecret .
sns Topic answer:TopicArn DeleteTopic GetTopicAttributes .
sqs Queue answer:QueueUrl DeleteQueue GetQueueAttributes .
ssm MaintenanceWindow answer:WindowId DeleteMaintenanceWindow GetMaintenanceWindow .
stepfunctions StateMachine answer:stateMachineArn DeleteStateMachine DescribeStateMachine .
"""


@pytest.mark.parametrize("line", KNOWN.strip().splitlines())
def test_what_is_known_of_a_resource_is_inferred(line: str) -> None:
    name, noun, handle, delete, read, at = line.split()
    model, resources = known(name)
    found = resources[noun]
    assert f"{found.handle.source.side}:{format_path(found.handle.source.path)}" == handle
    assert found.delete == delete
    assert (found.read.operation if found.read else "-") == read
    assert (format_path(found.read.at) if found.read else "") == at.strip(".")
    needed = input_bindings(model, References(resources.values()), found, model.operations[delete])
    assert {each.meaning for each in needed} <= {"own", "other", "constant"}


@pytest.mark.parametrize(
    ("name", "operation", "member", "noun"),
    [
        ("ec2", "CreateSubnet", "VpcId", "Vpc"),
        ("ec2", "AuthorizeSecurityGroupIngress", "GroupId", "SecurityGroup"),
        ("ec2", "RunInstances", "KeyName", "KeyPair"),
        ("apigateway", "CreateResource", "restApiId", "RestApi"),
        ("lambda", "CreateAlias", "FunctionName", "Function"),
        ("iam", "AttachRolePolicy", "PolicyArn", "Policy"),
        ("iam", "PutRolePolicy", "RoleName", "Role"),
        ("route53", "ChangeResourceRecordSets", "HostedZoneId", "HostedZone"),
        ("sqs", "SendMessage", "QueueUrl", "Queue"),
        ("kms", "Encrypt", "KeyId", "Key"),
        ("cloudfront", "GetDistributionConfig", "Id", "Distribution"),
        ("ecs", "RunTask", "taskDefinition", "TaskDefinition"),
    ],
)
def test_other_operations_refer_to_it(name: str, operation: str, member: str, noun: str) -> None:
    model, resources = known(name)
    shape = model.input_of(model.operations[operation]).members[member].shape
    found = References(resources.values()).refers(operation, member, shape)
    assert found is not None
    assert found[0].name == noun


@pytest.mark.parametrize(
    ("name", "operation", "member"),
    [("kms", "TagResource", "Key"), ("ec2", "CreateTags", "Key"), ("logs", "PutMetricFilter", "metricName")],
)
def test_words_that_happen_to_be_nouns_refer_to_nothing(name: str, operation: str, member: str) -> None:
    _, resources = known(name)
    assert References(resources.values()).refers(operation, member) is None


@pytest.mark.parametrize(
    ("name", "noun", "path", "creating", "settled"),
    [
        ("dynamodb", "Table", "TableStatus", ("CREATING",), "ACTIVE"),
        ("ec2", "Instance", "State.Name", ("pending",), "running"),
        ("ec2", "Volume", "State", ("creating",), "available"),
        ("eks", "Cluster", "status", ("CREATING", "PENDING"), "ACTIVE"),
        ("lambda", "Function", "State", ("Pending",), "Active"),
        ("rds", "DBInstance", "DBInstanceStatus", ("creating",), "available"),
        ("sagemaker", "Endpoint", "EndpointStatus", ("Creating",), "InService"),
        ("cloudformation", "Stack", "StackStatus", ("CREATE_IN_PROGRESS",), "CREATE_COMPLETE"),
    ],
)
def test_states_of_real_things(name: str, noun: str, path: str, creating: tuple[str, ...], settled: str) -> None:
    status = known(name)[1][noun].status
    assert status is not None
    assert (format_path(status.path), status.creating, status.settled[0]) == (path, creating, settled)


@pytest.mark.parametrize(
    ("noun", "state"),
    [
        ("VpcPeeringConnection", "pending-acceptance"),
        ("VpcEndpoint", "PendingAcceptance"),
        ("TransitGatewayVpcAttachment", "pendingAcceptance"),
    ],
)
def test_what_somebody_has_to_accept_does_not_pass_by_itself(noun: str, state: str) -> None:
    status = known("ec2")[1][noun].status
    assert status is not None
    assert (status.waiting, status.phase(state), status.passes(state)) == ((state,), "waiting", False)


def test_the_state_of_a_part_is_not_that_of_the_thing() -> None:
    assert known("apigateway")[1]["Stage"].status is None


@pytest.mark.parametrize(("name", "noun"), [("ecs", "ContainerInstance"), ("ecs", "Cluster"), ("dax", "Cluster")])
def test_a_state_in_words_that_the_model_does_not_list_is_understood_by_the_words(name: str, noun: str) -> None:
    status = known(name)[1][noun].status
    assert status is not None
    assert (status.values, status.passes("creating"), status.phase("ACTIVE")) == ((), True, "settled")


@pytest.mark.slow
def test_most_of_all_services_is_understood() -> None:
    figures = measure(ingest.installed_spec(name).service for name in ingest.service_names())
    assert figures.services == len(ingest.service_names())
    assert figures.families >= 0.85 * figures.nouns
    assert figures.resolved >= 0.9 * figures.with_delete
    assert figures.statuses >= 0.3 * figures.nouns
